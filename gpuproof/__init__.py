"""gpuproof proves that a GPU is doing the work, and makes it so when it is not.

``inspect``, ``diagnose``, ``recommend``, ``bench`` and ``compare`` are the Python interface (see ``gpuproof.api``);
they are loaded when first used, so that ``import gpuproof`` costs nothing.

In a clone the packages ``core``, ``gui`` and ``assets`` lie beside this folder; the path is extended so that
``gpuproof.core`` means the same thing there as in an installed wheel.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

_REPOSITORY = Path(__file__).resolve().parent.parent
if (_REPOSITORY / "pyproject.toml").is_file() and (_REPOSITORY / "core" / "agent").is_dir():
    __path__.append(str(_REPOSITORY))

if TYPE_CHECKING:
    from gpuproof.api import bench, compare, diagnose, inspect, recommend

__version__ = "0.1.0"
__all__ = ["__version__", "bench", "compare", "diagnose", "inspect", "recommend"]


def __getattr__(name: str) -> Any:
    if name in ("bench", "compare", "diagnose", "inspect", "recommend"):
        from gpuproof import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
