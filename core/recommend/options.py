"""Weighs what each maker's cards could use, and takes one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gpuproof.core.recommend.case import Case
from gpuproof.core.recommend.search import Pick, best_cpu, best_cuda, best_cuda_with_any_driver, best_other


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What could be taken: ``cuda`` as the machine is, ``ideal`` with the best driver, ``other`` is ROCm or XPU.

    ``pin_in_the_way``: a GPU would be used if it were not for the pin.
    """

    cuda: Pick | None
    ideal: Pick | None
    other: Pick | None
    cpu: Pick | None
    chosen: Pick | None
    pin_in_the_way: bool = False


def weigh(case: Case) -> Options:
    """Find what could be taken, and choose."""
    cuda, ideal, other, cpu = best_cuda(case), best_cuda_with_any_driver(case), best_other(case), best_cpu(case)
    in_the_way = cuda is None and other is None and _pin_is_in_the_way(case, ideal)
    chosen = cuda or other or (None if in_the_way else cpu)
    return Options(cuda=cuda, ideal=ideal, other=other, cpu=cpu, chosen=chosen, pin_in_the_way=in_the_way)


def _pin_is_in_the_way(case: Case, ideal: Pick | None) -> bool:
    """Say whether a GPU would be used without the pin; then a CPU build of the pinned version is no answer.

    A pin that names the CPU build (``==2.5.1+cpu``) asks for it.
    """
    if case.pin is None or "+cpu" in case.pin.words:
        return False
    free = replace(case, pin=None)
    if best_cuda(free) or best_other(free):
        return True
    return ideal is None and best_cuda_with_any_driver(free) is not None
