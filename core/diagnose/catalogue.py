"""Every rule, in the order in which a maintainer would look."""

from __future__ import annotations

from gpuproof.core.diagnose.model import Rule
from gpuproof.core.diagnose.rules import (
    architecture,
    cpu_builds,
    driver_presence,
    driver_versions,
    gpu_state,
    installing,
    libraries,
    machines,
    memory,
    visibility,
)

RULES: tuple[Rule, ...] = (
    *installing.RULES,
    *machines.RULES,
    *driver_presence.RULES,
    *driver_versions.RULES,
    *gpu_state.RULES,
    *visibility.RULES,
    *cpu_builds.RULES,
    *architecture.RULES,
    *libraries.RULES,
    *memory.RULES,
)
