"""Where the wheel of a recommended variant can be had: the recommended index, else whatever pip is configured with.

A plain ``torch`` without a local label is never taken for a CPU build on Linux: there it brings gigabytes of CUDA.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.setup.network import masked
from gpuproof.core.setup.resolve import Resolution, resolve
from gpuproof.core.setup.running import ToolRun, run_tool
from gpuproof.core.setup.tools import Pip
from gpuproof.core.words import Text, literal, text

_AVAILABLE = re.compile(r"Available versions: (.+)")
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(?:\+([A-Za-z0-9.]+))?\Z")
_CUDA_PARTS = re.compile(r"nvidia-|cuda-|triton\b|pytorch-triton")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The wheel that is wanted. ``torch`` is its version without label; ``variant`` is cpu, cu126, rocm6.4, xpu."""

    torch: str
    variant: str
    index_url: str
    # what a torch of a version without label is on this system and machine: cpu, cu130; empty: not known
    plain_variant: Callable[[str], str] = lambda version: ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source that has it: pip's options, the exact requirements, and what would be fetched."""

    url: str  # the index; empty: whatever pip is configured with
    options: tuple[str, ...]
    torch: str  # exact version with its label, 2.13.0+cpu
    requirements: tuple[str, ...]
    resolution: Resolution
    skipped: tuple[Text, ...] = ()  # sources tried before, and why they were left

    def words(self) -> Text:
        """Say which torch comes from where."""
        if self.url:
            return text("torch {version} comes from {source}.", version=self.torch, source=masked(self.url))
        return text("torch {version} comes from the sources that pip is configured with.", version=self.torch)


Resolver = Callable[[Sequence[str], Sequence[str]], Resolution | ToolRun]  # (requirements, options)
# for a version of torch: sets of packages that go with it, the fullest first
Companions = Callable[[str], Sequence[tuple[str, ...]]]
_Attempt = tuple[str, tuple[str, ...], tuple[str, ...]]  # index or empty, options, exact versions


def choose_source(
    pip: Pip,
    wanted: Wanted,
    companions: Companions,
    *,
    environment: Mapping[str, str] | None = None,
    fresh: bool = True,
    cancel: threading.Event | None = None,
) -> Source:
    """Return the first source that has the wanted variant, or an older release of it; asks, installs nothing.

    ``environment`` holds variables for pip, such as a proxy; ``fresh``: as if nothing were installed.
    """

    def ask(requirements: Sequence[str], options: Sequence[str]) -> Resolution | ToolRun:
        return resolve(pip, requirements, options=options, fresh=fresh, environment=environment, cancel=cancel)

    skipped: list[Text] = []
    for url, options, versions in _attempts(pip, wanted, environment, cancel):
        for version in versions:
            found = _first_that_resolves(ask, version, companions, options, wanted)
            if not isinstance(found, Source):
                skipped.append(literal(f"{masked(url) or 'pip'}: torch {version}: {masked(found)}"))
                continue
            return replace(found, url=url, options=tuple(options), skipped=tuple(skipped))
        if not versions:
            skipped.append(literal(f"{masked(url) or 'pip'}: torch *+{wanted.variant}: -"))
    raise CouldNotFinish(
        text("No source has a torch for {variant} that fits this Python.", variant=wanted.variant),
        text("Tried: {sources}", sources="; ".join(str(words) for words in skipped)),
    )


def _first_that_resolves(
    ask: Resolver, version: str, companions: Companions, options: Sequence[str], wanted: Wanted
) -> Source | str:
    reason = ""
    for others in companions(version):
        requirements = (f"torch=={version}", *others)
        found = ask(requirements, options)
        if isinstance(found, ToolRun):
            reason = found.last_error
            continue
        torch = found.version_of("torch") or version
        if not _is_wanted(found, torch, wanted):
            return f"{torch} there is another build"
        return Source(url="", options=(), torch=torch, requirements=requirements, resolution=found)
    return reason


def _attempts(
    pip: Pip, wanted: Wanted, environment: Mapping[str, str] | None, cancel: threading.Event | None
) -> Iterator[_Attempt]:
    if wanted.index_url:
        exact = [f"{wanted.torch}+{wanted.variant}"]
        if wanted.plain_variant(wanted.torch) == wanted.variant:
            exact.append(wanted.torch)  # macOS wheels, for one, carry no label
        yield wanted.index_url, ("--index-url", wanted.index_url), tuple(exact)
    listed = available_versions(pip, environment=environment, cancel=cancel)
    yield "", (), of_variant(listed, wanted)[:3]


def available_versions(
    pip: Pip, *, environment: Mapping[str, str] | None = None, cancel: threading.Event | None = None
) -> tuple[str, ...]:
    """Return the versions of torch that pip sees for this Python, as it lists them; empty when it sees none."""
    lines: list[str] = []
    command = [*pip.command, "index", "versions", "torch"]
    run_tool(command, on_line=lines.append, environment=environment, cancel=cancel)
    found = next((match[1] for match in map(_AVAILABLE.search, lines) if match), "")
    return tuple(version.strip() for version in found.split(",") if version.strip())


def of_variant(versions: Sequence[str], wanted: Wanted) -> tuple[str, ...]:
    """Return the versions of the wanted variant that are not newer than the recommended release, newest first.

    A version without label counts only where it is known to be that variant on this system.
    """
    limit = _numbers(wanted.torch)
    fitting = []
    for version in versions:
        match = _VERSION.match(version)
        if match is None or (limit and _numbers(version) > limit):
            continue
        label = match[4] or wanted.plain_variant(version)
        if label == wanted.variant:
            fitting.append(version)
    return tuple(sorted(fitting, key=lambda version: (_numbers(version), "+" in version), reverse=True))


def _is_wanted(found: Resolution, torch: str, wanted: Wanted) -> bool:
    """Refuse a torch of another build, and a CPU torch that would pull CUDA parts: its label says something else."""
    if wanted.variant == "cpu" and any(_CUDA_PARTS.match(item.name) for item in found.items):
        return False
    return (torch.partition("+")[2] or wanted.plain_variant(torch)) == wanted.variant


def _numbers(version: str) -> tuple[int, ...]:
    match = _VERSION.match(version)
    return tuple(int(part or 0) for part in match.groups()[:3]) if match else ()
