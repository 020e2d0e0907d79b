"""What would have to change least when nothing fits: the driver, the pinned version, or the Python."""

from __future__ import annotations

from dataclasses import replace

from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.knowledge import torch_releases
from gpuproof.core.recommend.case import Case
from gpuproof.core.recommend.fit import minimum_for
from gpuproof.core.recommend.search import (
    Pick,
    Releases,
    best_cpu,
    best_cuda,
    best_cuda_with_any_driver,
    best_other,
)
from gpuproof.core.words import Text, text


def smallest_change(case: Case) -> tuple[Text, ...]:
    """Return the changes that would make the pin work, the smallest first."""
    found: list[Text] = []
    with_driver = best_cuda_with_any_driver(case)
    if with_driver:
        needed = minimum_for(with_driver.build, with_driver.cards, case.driver_system)
        found.append(text("With driver {needed} or newer it would work: {pick}.", needed=needed, pick=with_driver))
    nearest = nearest_release(case)
    if nearest:
        words = text("The nearest release that works on this machine as it is: {pick}.", pick=nearest)
        found.append(words)
    else:
        found.extend(python_that_would_work(replace(case, pin=None)))
    other_python = best_now(replace(case, python=None)) if case.python else None
    if other_python:
        pythons = ", ".join(other_python.release.pythons.get(case.platform, ()))
        found.append(text("With Python {pythons} the pin works: {pick}.", pythons=pythons, pick=other_python))
    return tuple(found)


def nearest_release(case: Case) -> Pick | None:
    """Return the build nearest to the pinned version that works: the next newer one, else the next older one."""
    free = replace(case, pin=None)
    releases = torch_releases()
    allowed = [each for each in releases if case.pin and case.pin.allows(each.version, "cpu")]
    working: list[Pick] = []
    for release in releases:
        found = best_now(free, (release,))
        if found:
            working.append(found)
    newer = [pick for pick in working if allowed and pick.version > DottedVersion(allowed[0].version)]
    return newer[-1] if newer else next(iter(working), None)


def python_that_would_work(case: Case) -> tuple[Text, ...]:
    """Name the Pythons that the best release for this machine has wheels for."""
    if case.python is None:
        return ()
    found = best_now(replace(case, python=None)) or best_cpu(replace(case, python=None))
    if found is None:
        return ()
    pythons = ", ".join(found.release.pythons.get(case.platform, ()))
    return (text("Use one of these Pythons: {pythons}; then it would be {pick}.", pythons=pythons, pick=found),)


def best_now(case: Case, releases: Releases = None) -> Pick | None:
    """Return the best GPU build for the machine as it is; the CPU build only where there is no GPU."""
    found = best_cuda(case, releases) or best_other(case, releases)
    return found or (None if any(card.vendor in ("nvidia", "amd") for card in case.cards) else best_cpu(case, releases))
