"""The whole app as a process of its own, driven by a script that gets the open window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEGINNING = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from pathlib import Path
from PySide6.QtCore import QTimer
from gpuproof.gui.main import main
folder = Path(sys.argv[1])
"""


def run_app(
    script: str, folder: Path, *arguments: str, platform: str = "offscreen", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the script to its end; ``folder`` holds settings and data, ``more`` are environment variables."""
    environment = {**os.environ, "QT_QPA_PLATFORM": platform, "GPUPROOF_DATA_DIR": str(folder / "data"), **more}
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", script, str(folder), *arguments],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
