"""Where gpuproof keeps what belongs to this person: reports, the benchmark environment, fetched tables."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """Return the user's data folder for gpuproof (not created here); ``GPUPROOF_DATA_DIR`` overrides it."""
    override = os.environ.get("GPUPROOF_DATA_DIR")
    if override:
        return Path(override)
    from platformdirs import user_data_path

    return user_data_path("gpuproof", appauthor=False)
