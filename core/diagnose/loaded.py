"""Which CUDA libraries the process that used torch really had mapped, and whether they are those of its wheel."""

from __future__ import annotations

import re

from gpuproof.core.diagnose.context import torch_build, torch_live
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import Unknown

_FAMILY = re.compile(
    r"(?:lib)?(cudnn|cublas|cusparse|cusolver|cufft|curand|cudart|nvjitlink|nvrtc|nccl)", re.IGNORECASE
)
_OF_A_PACKAGE = re.compile(r"[/\\](?:site|dist)-packages[/\\]")


def foreign_libraries(machine: Machine) -> tuple[tuple[str, str], ...]:
    """Return (family, path) of mapped CUDA libraries that come from outside the packages of a pip build.

    A wheel from an index brings or requires all of them; a conda, Jetson or source build takes the system's on purpose.
    """
    build = torch_build(machine)
    if build is None or build.source != "pip" or build.cuda_version is None:
        return ()
    mapped = () if isinstance(machine.mapped_libraries, Unknown) else machine.mapped_libraries
    found = []
    for path in mapped:
        family = _FAMILY.match(re.split(r"[/\\]", path)[-1])
        if family is not None and not _OF_A_PACKAGE.search(path) and not path.startswith(_folder(build.location)):
            found.append((family[1].lower(), path))
    return tuple(found)


def _folder(location: str) -> str:
    return re.split(r"[/\\]torch\Z", location)[0] or "/nowhere/"


def foreign_paths(machine: Machine, *, cudnn: bool) -> tuple[str, ...]:
    """Return the foreign libraries of cuDNN, or all others."""
    return tuple(path for family, path in foreign_libraries(machine) if (family == "cudnn") is cudnn)


def kernels_fail(machine: Machine) -> bool:
    """Tell whether a real kernel failed on a device."""
    live = torch_live(machine)
    return live is not None and any(not check.ok for check in live.kernel_checks)
