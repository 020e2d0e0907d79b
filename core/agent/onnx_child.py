"""The program of the ONNX Runtime child: what it says it can use. It runs by itself from this source text."""

from __future__ import annotations

import json
import os
from typing import Any

params: "dict[str, Any]" = globals().get("params", {})


def main() -> None:
    """Import it and send one line; libraries that print are sent to stderr."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        import onnxruntime  # type: ignore[import-not-found,unused-ignore]

        line = ["answer", list(onnxruntime.get_available_providers())]
    except BaseException as problem:  # a broken install may even exit
        line = ["failed", "%s: %s" % (type(problem).__name__, problem)]
    out.write(json.dumps(line) + "\n")
    out.flush()


if __name__ == "__main__" and params:
    main()
    os._exit(0)
