"""Files of torch that are not whole: what the disk shows, what is none of it, and what mends it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.machines import ABSENT, a_machine, a_torch, a_torch_live
from helpers.recordings import machine as recorded

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.damage import damage
from gpuproof.core.facts.conditions import FileSystem
from gpuproof.core.facts.installation import FilesCheck
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.unknown import NOT_ASKED

NOT_LOADED = replace(
    a_torch_live(devices=(), kernel_checks=(), arch_list=(), is_available=None),
    imported=False,
    import_error="OSError: libtorch_cuda.so: file too short",
)
CUT = FilesCheck(checked=31, wrong_size=("torch/lib/libtorch_cuda.so: 41943040 of 1024133441 bytes",))
GONE = FilesCheck(checked=31, missing=("nvidia/cudnn/lib/libcudnn.so.9",))
ANOTHER = FilesCheck(checked=31, missing=("torchaudio/lib/x.so",))
NO_EXEC = (FileSystem(use="prefix", kind="ext4", is_no_exec=True),)


def _commands(machine: Machine) -> str:
    primary = diagnose(machine).primary
    return "\n".join(step.command or "" for step in primary.remedy.steps) if primary is not None else ""


@pytest.mark.parametrize(
    ("changes", "finding", "confidence"),
    [
        ({"files_check": CUT}, "mixed-install.damaged-files", "certain"),
        ({"files_check": GONE}, "mixed-install.damaged-files", "certain"),
        ({"file_systems": NO_EXEC}, "mixed-install.no-exec", "certain"),
        ({"files_check": FilesCheck(checked=31)}, "mixed-install.not-importable", "possible"),
        ({"files_check": ANOTHER}, "mixed-install.not-importable", "possible"),
        ({}, "mixed-install.not-importable", "possible"),
    ],
)
def test_what_the_disk_shows_decides_why_torch_does_not_load(
    changes: dict[str, Any], finding: str, confidence: str
) -> None:
    primary = diagnose(a_machine(**{"torch_live": NOT_LOADED, **changes})).primary
    assert primary is not None
    assert (primary.cause, primary.id, primary.confidence) == ("mixed_install", finding, confidence)


@pytest.mark.parametrize("changes", [{"files_check": CUT}, {"files_check": GONE}, {"file_systems": NO_EXEC}])
def test_a_torch_that_works_is_whole_enough(changes: dict[str, Any]) -> None:
    assert diagnose(a_machine(**changes)).findings == ()


def test_nobody_who_tried_and_no_torch_at_all_is_no_damage() -> None:
    assert diagnose(a_machine(torch_live=NOT_ASKED, file_systems=NO_EXEC)).findings == ()
    assert diagnose(a_machine(torch_live=NOT_ASKED, files_check=CUT)).findings == ()
    assert diagnose(a_machine(torch=ABSENT, torch_live=ABSENT, files_check=CUT)).findings == ()
    assert damage(a_machine()) is None


def test_the_same_build_is_fetched_anew_past_the_cache() -> None:
    commands = _commands(a_machine(torch_live=NOT_LOADED, files_check=CUT, disk_free_mib=300_000.0, half_removed=()))
    assert "install --force-reinstall --no-cache-dir torch==2.11.0 --index-url" in commands
    assert commands.startswith("/opt/app/.venv/bin/python -m pip install")
    own = a_machine(torch_live=NOT_LOADED, files_check=CUT, torch=a_torch(version="2.11.0"))
    assert "--index-url" not in _commands(own)


def test_a_full_disk_and_left_overs_come_first() -> None:
    machine = a_machine(torch_live=NOT_LOADED, files_check=CUT, disk_free_mib=12.0, half_removed=("/site/~orch",))
    primary = diagnose(machine).primary
    assert primary is not None
    said = " ".join(map(str, primary.evidence))
    assert "12 MiB left" in said
    assert "/site/~orch" in said
    assert "cache purge" in (primary.remedy.steps[0].command or "")
    assert "~*" in (primary.remedy.steps[1].command or "")


def test_a_folder_without_execution_is_left_for_another() -> None:
    assert "venv ~/torch-env" in _commands(a_machine(torch_live=NOT_LOADED, file_systems=NO_EXEC))


def test_the_recorded_cut_download_is_named() -> None:
    primary = diagnose(recorded("damaged-install")).primary
    assert primary is not None
    assert (primary.id, primary.confidence) == ("mixed-install.damaged-files", "certain")
    assert len(primary.evidence) == 3
