"""gpuproof proves that a GPU is doing the work, and makes it so when it is not.

In a clone the packages ``core``, ``gui`` and ``assets`` lie beside this folder; the path is extended so that
``gpuproof.core`` means the same thing there as in an installed wheel.
"""

from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parent.parent
if (_REPOSITORY / "pyproject.toml").is_file() and (_REPOSITORY / "core" / "agent").is_dir():
    __path__.append(str(_REPOSITORY))

__version__ = "0.1.0"
