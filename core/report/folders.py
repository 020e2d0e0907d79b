"""Where the product keeps its own files: reports, the pseudonym key, snapshots."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """Return the user's data folder of gpuproof; the variable ``GPUPROOF_DATA_DIR`` overrides it."""
    override = os.environ.get("GPUPROOF_DATA_DIR")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_data_dir("gpuproof", appauthor=False))


def reports_folder() -> Path:
    """Return the folder that reports are saved to when nobody names one."""
    return data_folder() / "reports"
