"""Entry of the drawing child. Exit codes: 0 drawn, 4 no font for the characters, 5 no Qt."""

from __future__ import annotations

import json
import os
import sys

NO_FONT, NO_QT = 4, 5


def main() -> int:
    """Draw what stdin says onto stdout."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    layout = json.load(sys.stdin)
    try:
        from PySide6.QtGui import QGuiApplication

        from gpuproof.gui.paper.card import draw_card
        from gpuproof.gui.paper.document import draw_document
        from gpuproof.gui.paper.fonts import has_font_for
    except ImportError as problem:
        sys.stderr.write(str(problem) + "\n")
        return NO_QT
    application = QGuiApplication(["gpuproof"])
    if not has_font_for(json.dumps(layout, ensure_ascii=False)):
        return NO_FONT
    data = draw_card(layout) if layout["form"] == "png" else draw_document(layout)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
