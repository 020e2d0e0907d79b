"""Entry of the drawing child. Exit codes: 0 drawn, 4 no font for the characters, 5 no Qt."""

from __future__ import annotations

import json
import os
import sys

NO_FONT, NO_QT = 4, 5


def drawn(layout_json: bytes) -> tuple[int, bytes]:
    """Return the exit code and the finished bytes, or what went wrong as text."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_HASH_SEED"] = "0"  # the order of fonts in the file follows the hashes
    layout = json.loads(layout_json)
    try:
        from PySide6.QtGui import QGuiApplication

        from gpuproof.gui.paper.card import draw_card
        from gpuproof.gui.paper.document import draw_document
        from gpuproof.gui.paper.fonts import font, has_font_for
    except ImportError as problem:
        return NO_QT, str(problem).encode()
    application = QGuiApplication(["gpuproof"])
    application.setFont(font(11))  # that of the charts, which name none: Chinese would come out in a Japanese face
    if not has_font_for(json.dumps(layout, ensure_ascii=False)):
        return NO_FONT, b""
    data = draw_card(layout) if layout["form"] == "png" else draw_document(layout)
    application.quit()
    return 0, data


def main() -> int:
    """Draw what stdin says onto stdout."""
    code, data = drawn(sys.stdin.buffer.read())
    (sys.stdout if code == 0 else sys.stderr).buffer.write(data)
    return code


if __name__ == "__main__":
    sys.exit(main())
