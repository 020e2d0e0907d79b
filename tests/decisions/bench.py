"""Reads the decision bench (``machines.txt``) and asks the recommendation; also used by ``tests/benchmarks``."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpuproof.core.recommend.model import Subject

TABLE = Path(__file__).with_name("machines.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One machine and its expected answer; ``variants`` lists every right build."""

    line: int
    group: str
    gpus: tuple[str, ...]
    capabilities: tuple[str, ...]
    driver: str
    system: str
    machine: str
    python: str
    flags: tuple[str, ...]
    torch: str | None
    variants: tuple[str, ...]
    action: str
    minimum: str
    maximum: str
    why: str

    @property
    def name(self) -> str:
        cards = "+".join(self.gpus)
        place = f"{self.system} {self.machine} {self.python}"
        return f"{self.line}: {cards} driver {self.driver} {place} {' '.join(self.flags)}"

    def arguments(self) -> list[str]:
        """Return the command line of ``gpuproof recommend`` for this machine."""
        words = [word for gpu in self.gpus for word in ("--gpu", gpu)]
        words += [word for each in self.capabilities if each != "-" for word in ("--compute-capability", each)]
        for flag, value in (
            ("--driver", self.driver),
            ("--os", self.system),
            ("--machine", self.machine),
            ("--python", self.python),
        ):
            words += [flag, value] if value != "-" else []
        return [*words, *self.flags]


def rows() -> list[Row]:
    """Return every machine of the table."""
    found, group = [], ""
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("["):
            group = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            found.append(_row(number, group, line))
    return found


def _row(number: int, group: str, line: str) -> Row:
    machine, answer = line.split("=>")
    gpus, capabilities, driver, place, python, flags = (part.strip() for part in machine.split(";"))
    choice, advice, why = (part.strip() for part in answer.split(";", 2))
    system, _, architecture = place.partition(" ")
    torch, _, variants = choice.partition(" ")
    action, minimum, maximum = advice.split()
    return Row(
        line=number,
        group=group,
        gpus=tuple(gpu.strip() for gpu in gpus.split(" + ")),
        capabilities=() if capabilities == "-" else tuple(each.strip() for each in capabilities.split(" + ")),
        driver=driver,
        system=system,
        machine=architecture or "-",
        python=python,
        flags=() if flags == "-" else tuple(flags.split()),
        torch=None if torch == "null" else torch,
        variants=tuple(variants.split("|")) if variants else (),
        action=action,
        minimum=minimum,
        maximum=maximum,
        why=why,
    )


def subject_of_row(row: Row) -> Subject:
    """Return the subject that the command line of this row describes."""
    from gpuproof.core.cli.commands.recommend import add_arguments, subject_from

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return subject_from(parser.parse_args(row.arguments()))
