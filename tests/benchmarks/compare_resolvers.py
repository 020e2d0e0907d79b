"""Scores gpuproof, uv, light-the-torch, torchruntime and plain pip on the machines of the decision bench.

Run ``python tests/benchmarks/compare_resolvers.py`` in an environment that also has light-the-torch and torchruntime
(both optional): their own code decides, with the driver version, the system and the Python of the row put in its place.
uv's rule is read from ``uv pip install --torch-backend=auto -v`` (its order of indexes follows the driver alone); see
``UV``. pip takes what PyPI serves. All of them get the benefit of the same tables for what an index holds.

light-the-torch takes the newest CUDA family first and then the newest version by its text (its own sort key).

Two scores: *newest* is the very answer of the table; *runs* is any pick that is published for that system and Python
and uses the GPU of the row (or is a CPU build where nothing else can work, or no pick where there is none).
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from decisions.bench import Row, rows, subject_of_row  # noqa: E402

from gpuproof.core import knowledge  # noqa: E402
from gpuproof.core.facts.unknown import Unknown  # noqa: E402
from gpuproof.core.facts.version import DottedVersion  # noqa: E402
from gpuproof.core.recommend import recommend  # noqa: E402
from gpuproof.core.recommend.case import Case, case_of  # noqa: E402
from gpuproof.core.recommend.fit import obstacles  # noqa: E402
from gpuproof.core.recommend.search import nvidia_cards  # noqa: E402

Answer = tuple[str, str] | None
# uv 0.13.8: order of the indexes it asked with UV_CUDA_DRIVER_VERSION set to 580.65.06, 550.54.14 and 450.80.02
UV = {"13": ["cu132", "cu130"], "12": ["cu129", "cu128", "cu126", "cu124", "cu121"], "11": ["cu118", "cu117"]}
UV_FLOORS = {
    "linux": {"13": "580", "12": "525.60.13", "11": "450.80.02"},
    "windows": {"13": "580", "12": "528.33", "11": "452.39"},
}
CHIPS = ("GK110", "GM200", "GP102", "GV100", "TU102", "GA102", "AD102", "GH100", "GB202")


@dataclass
class Score:
    newest: int = 0
    runs: int = 0
    wrong: list[str] | None = None


def newest_in(case: Case, variants: list[str], *, order: Callable[[str], Any] = DottedVersion) -> Answer:
    """Return the newest torch of the first index that has one for this system and Python."""
    for variant in variants:
        found = [release.version for release in knowledge.torch_releases() if _offers(case, release, variant)]
        if found:
            return max(found, key=order), variant
    return None


def _offers(case: Case, release: Any, variant: str) -> bool:
    build = release.build(variant)
    return build is not None and not {"platform", "python", "glibc", "pin", "stage"} & kinds(case, release, build)


def kinds(case: Case, release: Any, build: Any) -> set[str]:
    return {each.kind for each in obstacles(case, release, build, nvidia_cards(case))}


def gpuproof(row: Row, case: Case) -> Answer:
    choice = recommend(subject_of_row(row)).choice
    return (choice.torch, choice.variant) if choice else None


def uv(row: Row, case: Case) -> Answer:
    offered: list[str] = []
    if isinstance(case.driver, DottedVersion) and case.system != "macos":
        for family, floor in UV_FLOORS[case.driver_system].items():
            if case.driver >= DottedVersion(floor):
                offered += UV[family]
    elif any(card.vendor == "amd" for card in case.cards) and case.system == "linux":
        target = next(card.gfx for card in case.cards if card.vendor == "amd")
        offered = [variant for variant, targets in knowledge.rocm_targets().items() if target in targets]
    elif any(card.vendor == "intel" for card in case.cards):
        offered = ["xpu"]
    return newest_in(case, [*offered, "cpu"])


def plain_pip(row: Row, case: Case) -> Answer:
    for release in knowledge.torch_releases():
        variant = release.pypi.get(case.platform)
        build = release.build(variant) if variant else None
        if variant and build and not {"python", "glibc", "pin"} & kinds(case, release, build):
            return release.version, variant
    return None


def light_the_torch(row: Row, case: Case) -> Answer:
    from light_the_torch import _cb
    from pip._vendor.packaging.version import Version

    driver = Version(str(case.driver)) if isinstance(case.driver, DottedVersion) and case.system != "macos" else None
    name = {"linux": "Linux", "wsl": "Linux", "windows": "Windows", "macos": "Darwin"}[case.system]
    with (
        mock.patch.object(_cb, "_detect_nvidia_driver_version", return_value=driver),
        mock.patch.object(platform, "system", return_value=name),
    ):
        backends = _cb.detect_compatible_computation_backends()
    variants = [backend.local_specifier for backend in sorted(backends, reverse=True)]
    return newest_in(case, variants, order=str)  # it compares the versions as text, so 2.9.1 is newer than 2.15.0


def torchruntime(row: Row, case: Case) -> Answer:
    from torchruntime import platform_detection as detection

    name = {"linux": "Linux", "wsl": "Linux", "windows": "Windows", "macos": "Darwin"}[case.system]
    machine = case.platform.split("_", 1)[1]
    arch = {"windows_x86_64": "amd64"}.get(case.platform, machine)
    python = (case.python.major, case.python.minor) if case.python else (3, 11)
    with mock.patch.multiple(detection, os_name=name, arch=arch, py_version=python):
        try:
            found = detection.get_torch_platform([device for card in case.cards if (device := _device(card))])
        except (NotImplementedError, KeyError):
            return None
    variant = {"directml": "cpu", "mps": "cpu", "ipex": "cpu"}.get(str(found), str(found))
    return newest_in(case, [variant]) if variant != "cpu" else plain_pip(row, case)


def _device(card: Any) -> Any:
    """Describe a card as torchruntime reads it from the PCI list: the chip's name decides there."""
    capability = card.compute_capability
    if card.vendor == "nvidia":
        number = capability.major * 10 + capability.minor
        floors = (30, 50, 60, 70, 75, 80, 89, 90, 100)
        known = [chip for chip, floor in zip(CHIPS, floors, strict=True) if number >= floor]
        return (
            SimpleNamespace(
                vendor_id="10de",
                vendor_name="NVIDIA",
                device_id="0",
                device_name=f"{known[-1]} [{card.name}]",
                is_discrete=True,
            )
            if known
            else None
        )
    if card.vendor == "amd":
        chip = {
            "gfx10": "Navi 1",
            "gfx103": "Navi 2",
            "gfx110": "Navi 3",
            "gfx12": "Navi 4",
            "gfx906": "Vega 20",
            "gfx900": "Vega 10",
            "gfx803": "Ellesmere",
        }
        names = [
            name
            for prefix, name in sorted(chip.items(), key=lambda item: len(item[0]))
            if (card.gfx or "").startswith(prefix)
        ]
        return SimpleNamespace(
            vendor_id="1002",
            vendor_name="AMD",
            device_id="0",
            device_name=f"{names[-1] if names else 'Aldebaran'} [{card.name}]",
            is_discrete=True,
        )
    if card.vendor == "intel":
        return SimpleNamespace(
            vendor_id="8086",
            vendor_name="Intel",
            device_id="0",
            device_name=card.name,
            is_discrete="arc" in card.name.lower(),
        )
    return None


def is_newest(row: Row, case: Case, answer: Answer) -> bool:
    if answer is None or row.torch is None:
        return answer is None and row.torch is None
    return answer[0] == row.torch and does_run(row, case, answer)


def does_run(row: Row, case: Case, answer: Answer) -> bool:
    """Say whether the pick does what the row's own answer does: use the GPU, or work on the CPU where that is all.

    Without a driver, or with one that is too old, a CUDA build works on the CPU; with one that starts it, a build
    without code for the card fails at the first kernel.
    """
    if answer is None or row.torch is None:
        return answer is None and row.torch is None
    release = knowledge.torch_release(answer[0])
    build = release.build(answer[1]) if release else None
    if release is None or build is None:
        return False
    if row.variants == ("cpu",):
        return build.variant == "cpu" or not nvidia_cards(case) or "driver" in kinds(case, release, build)
    if build.cuda is None and build.variant in ("cpu", "xpu"):
        return build.variant in row.variants
    vendor = "nvidia" if build.cuda else "amd"
    cards = [card for card in case.cards if card.vendor == vendor]
    served = sum(not obstacles(case, release, build, [card]) for card in cards)
    return served > 0 and served >= sum(not _against_expected(row, case, card) for card in cards)


def _against_expected(row: Row, case: Case, card: Any) -> bool:
    release = knowledge.torch_release(str(row.torch))
    build = release.build(row.variants[0]) if release else None
    return release is None or build is None or bool(obstacles(case, release, build, [card]))


def main() -> int:
    tools: dict[str, Callable[[Row, Case], Answer]] = {"gpuproof": gpuproof, "uv 0.13.8 --torch-backend=auto": uv}
    for name, module, tool in (
        ("light-the-torch 0.8.1", "light_the_torch", light_the_torch),
        ("torchruntime 2.24.0", "torchruntime", torchruntime),
    ):
        try:
            __import__(module)
            tools[name] = tool
        except ImportError:
            print(f"{name}: not installed here, left out", file=sys.stderr)
    tools["pip install torch"] = plain_pip
    table = rows()
    groups = list(dict.fromkeys(row.group for row in table))
    scores = {name: {group: Score(wrong=[]) for group in groups} for name in tools}
    for row in table:
        subject = subject_of_row(row)
        assert not isinstance(subject.system, Unknown)
        case = case_of(subject)
        for name, tool in tools.items():
            answer, score = tool(row, case), scores[name][row.group]
            score.newest += is_newest(row, case, answer)
            runs = does_run(row, case, answer)
            score.runs += runs
            if not runs and score.wrong is not None:
                score.wrong.append(f"{row.name}: {answer} instead of {row.torch} {'|'.join(row.variants)}")
    print(f"| | machines | {' | '.join(tools)} |\n| --- | --- | {' | '.join('---' for _ in tools)} |")
    for group in groups:
        count = sum(row.group == group for row in table)
        cells = [f"{scores[name][group].newest} / {scores[name][group].runs}" for name in tools]
        print(f"| {group.split(':')[0]} | {count} | {' | '.join(cells)} |")
    totals = [
        f"**{sum(s.newest for s in found.values())} / {sum(s.runs for s in found.values())}**"
        for found in scores.values()
    ]
    print(f"| **all** | **{len(table)}** | {' | '.join(totals)} |")
    if "-v" in sys.argv:
        for name, found in scores.items():
            for score in found.values():
                print("\n".join(f"{name}: {line}" for line in score.wrong or ()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
