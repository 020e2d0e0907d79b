"""Where the icons lie: beside the packages in a clone, inside the package in an installed wheel."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def icon_folder() -> Path:
    """Return the folder of the SVG files."""
    beside = Path(__file__).resolve().parents[2] / "assets" / "icons"
    if beside.is_dir():
        return beside
    import gpuproof.assets

    return Path(next(iter(gpuproof.assets.__path__))) / "icons"
