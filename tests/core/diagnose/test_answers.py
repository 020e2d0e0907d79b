"""What people get: remedies, the document, myths, the chain, and evidence of every kind."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.machines import a_gpu, a_machine, a_torch, a_torch_live

from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.causes import LINKS, TITLES, remedy_of
from gpuproof.core.diagnose.document import diagnosis_document
from gpuproof.core.diagnose.evidence import read_evidence
from gpuproof.core.diagnose.myths import myths, myths_for
from gpuproof.core.facts.foreign import read_foreign
from gpuproof.core.facts.foreign.clean import clean, decode
from gpuproof.core.facts.machine import ComputeCapability, Machine, OperatingSystem
from gpuproof.core.problems import UserProblem
from gpuproof.core.words import translations

CAUSES = [cause for cause in TITLES if cause not in ("healthy", "cannot_tell")]
LABELS = 36
SYSTEMS = {
    "linux": OperatingSystem(system="linux", machine="x86_64", name="Ubuntu 24.04"),
    "windows": OperatingSystem(system="windows", machine="x86_64", name="Windows 11"),
    "wsl": OperatingSystem(system="linux", machine="x86_64", name="Ubuntu 22.04", is_wsl=True),
}


def test_every_label_has_a_title_a_link_and_a_remedy() -> None:
    assert len(CAUSES) == LABELS
    assert set(LINKS) == set(CAUSES)


@pytest.mark.parametrize("system", [None, *SYSTEMS])
@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_has_steps_on_every_system(cause: str, system: str | None) -> None:
    machine = Machine() if system is None else a_machine(os=SYSTEMS[system])
    steps = remedy_of(cause, machine).steps
    assert steps
    assert any(step.command for step in steps) or cause in (
        "macos_no_cuda",
        "gpu_init_failed",
        "driver_too_old",
        "no_driver",
        "no_nvidia_gpu",
    )


def test_an_old_card_keeps_its_torch_release_and_changes_the_index() -> None:
    old = a_gpu(name="NVIDIA GeForce GTX 1080", compute_capability=ComputeCapability(6, 1))
    machine = a_machine(gpus=(old,), torch=a_torch(version="2.9.0+cu130"), torch_live=a_torch_live(devices=()))
    command = remedy_of("arch_too_old", machine).steps[0].command or ""
    assert "torch==2.9.0" in command
    assert command.endswith("/cu126")


def test_a_mismatch_inside_a_container_is_not_cured_by_a_reboot_first() -> None:
    inside = read_foreign(
        "root@0123456789ab:/# nvidia-smi\nFailed to initialize NVML: Driver/library version mismatch"
    )[1]
    assert remedy_of("driver_lib_mismatch", inside).steps[0].command == "nvidia-smi"
    assert remedy_of("driver_lib_mismatch", a_machine()).steps[0].command == "sudo reboot"


def test_the_page_file_is_not_a_missing_dll() -> None:
    said = "OSError: [WinError 1455] The paging file is too small. Error loading cublas64_11.dll or one of its dependencies."  # noqa: E501
    assert diagnose(read_foreign(said)[1]).cause == "windows_pagefile"


def test_consequences_fold_under_their_cause() -> None:
    said = "NVRM: Xid (PCI:0000:41:00): 79, GPU has fallen off the bus.\nNVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."  # noqa: E501
    diagnosis = diagnose(read_foreign(said)[1])
    assert diagnosis.cause == "gpu_lost"
    assert diagnosis.primary is not None
    folded = [finding.folded_under for finding in diagnosis.findings if finding.cause == "no_driver"]
    assert folded == [diagnosis.primary.id]


def test_the_chain_names_the_broken_link() -> None:
    diagnosis = diagnose(
        a_machine(
            torch=a_torch(version="2.11.0+cpu", cuda_version=None),
            torch_live=a_torch_live(is_available=False, devices=(), kernel_checks=()),
        )
    )
    states = {link.name: link.state for link in diagnosis.chain}
    assert list(states) == ["application", "torch", "cuda_libraries", "driver", "gpu"]
    assert (states["torch"], states["driver"], states["gpu"]) == ("broken", "ok", "ok")


def test_the_document_keeps_the_contract_in_both_languages() -> None:
    diagnosis = diagnose(read_foreign("AssertionError: Torch not compiled with CUDA enabled")[1])
    for language in ("en", "zh"):
        document = json.loads(json.dumps(diagnosis_document(diagnosis, language)))
        assert {"primary", "findings", "unknown", "ask_next"} <= set(document)
        assert {"cause", "title", "confidence", "evidence", "remedy"} <= set(document["primary"])
        assert document["primary"]["cause"] == "cpu_wheel"
    assert diagnosis_document(diagnosis, "zh")["primary"]["title"] == "安装的 torch 是仅支持 CPU 的 wheel"


def test_evidence_keeps_the_line_as_it_was_written() -> None:
    diagnosis = diagnose(read_foreign("RuntimeError: CUDA error: Invalid Device Ordinal")[1])
    assert "CUDA error: Invalid Device Ordinal" in str(diagnosis.findings[0].evidence[0])


def test_there_are_ten_answered_myths_linked_from_findings() -> None:
    assert len(myths()) >= 10
    assert all(myth.causes and set(myth.causes) <= set(CAUSES) and myth.source for myth in myths())
    chinese = translations("zh")
    assert [myth.id for myth in myths() if str(myth.answer) not in chinese or str(myth.belief) not in chinese] == []
    assert {myth.id for myth in myths_for("driver_too_old")} >= {"smi-cuda-version", "cuda-must-equal"}


def test_heygem_asks_for_more_on_a_new_card_than_its_guides_say() -> None:
    new = a_gpu(name="NVIDIA GeForce RTX 5090", compute_capability=ComputeCapability(12, 0), memory_total_mib=32607.0)
    live = a_torch_live(devices=(), arch_list=())
    machine = a_machine(gpus=(new,), torch=a_torch(version="2.5.1+cu121", cuda_version=None), torch_live=live)
    found = {finding.rule: finding for finding in diagnose(machine, app="heygem").findings}
    assert "application.torch" in found
    assert "12.8" in " ".join(map(str, found["application.torch"].evidence))
    assert diagnose(a_machine(), app="heygem").findings == ()


def test_the_first_link_of_the_chain_shows_the_application_s_checks() -> None:
    fit = diagnose(a_machine(), app="heygem").chain[0]
    assert (fit.name, fit.state, len(fit.evidence)) == ("application", "ok", 4)
    assert "all 4 requirements are met" in str(fit.summary)
    small = diagnose(a_machine(gpus=(a_gpu(memory_total_mib=6144.0),)), app="heygem").chain[0]
    assert (small.state, small.findings) == ("warning", ("application.memory",))
    assert any("1080p" in str(line) for line in small.evidence)
    unseen = diagnose(Machine(), app="heygem").chain[0]
    assert (unseen.state, len(unseen.evidence)) == ("unknown", 4)
    assert diagnose(a_machine()).chain[0].evidence == ()


def test_an_application_asks_for_memory_per_resolution() -> None:
    small = a_machine(gpus=(a_gpu(memory_total_mib=6144.0),))
    rules = {finding.rule for finding in diagnose(small, app="heygem").findings}
    assert rules == {"application.memory"}


def _run(*words: str) -> tuple[int, dict[str, object], str]:
    out, err = io.StringIO(), io.StringIO()
    code = main([*words, "--json"], Terminal(out=out, err=err))
    return code, json.loads(out.getvalue()) if out.getvalue() else {}, err.getvalue()


def test_the_command_reads_a_file_and_tells_by_its_exit_code(tmp_path: Path) -> None:
    paste = tmp_path / "paste.txt"
    paste.write_text("AssertionError: Torch not compiled with CUDA enabled", encoding="utf-8")
    code, document, _ = _run("diagnose", str(paste))
    assert (code, document["primary"]["cause"]) == (1, "cpu_wheel")  # type: ignore[index]
    healthy = Path(__file__).resolve().parents[2] / "captures" / "h100-agent.json"
    code, document, _ = _run("diagnose", str(healthy))
    assert (code, document["primary"]["cause"], document["evidence_kind"]) == (0, "healthy", "answers")  # type: ignore[index]


@pytest.mark.parametrize(
    "content", [b"", b"  \n", b"\x89PNG\r\n\x1a\n\x00\x00", b'{"format": "gpuproof-report", "version": 1']
)
def test_unreadable_input_is_exit_code_2_with_a_hint(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "input"
    file.write_bytes(content)
    code, document, said = _run("diagnose", str(file))
    assert (code, document) == (2, {})
    assert len(said.splitlines()) == 2


def test_an_unknown_application_and_a_missing_file_are_wrong_use(tmp_path: Path) -> None:
    file = tmp_path / "paste.txt"
    file.write_text("x", encoding="utf-8")
    assert _run("diagnose", str(file), "--app", "no-such-thing")[0] == 2
    assert _run("diagnose", str(tmp_path / "missing"))[0] == 2


def test_encodings_are_undone() -> None:
    words = "PyTorch version: 2.0.1+cpu"
    for raw in (
        words.encode("utf-16"),
        words.encode("utf-16-le"),
        words.encode("utf-16-be"),
        b"\xef\xbb\xbf" + words.encode(),
    ):
        assert clean(decode(raw)) == words
    assert clean("> > text\n>>> import torch\r\n\x1b[31mred\x1b[0m") == "text\n>>> import torch\nred"


def test_a_very_large_input_is_refused() -> None:
    with pytest.raises(UserProblem):
        read_evidence(b"a" * (33 << 20))


def test_what_could_not_be_seen_is_not_healthy() -> None:
    from helpers.machines import TIMED_OUT

    assert diagnose(replace(a_machine(), torch_live=TIMED_OUT)).cause == "cannot_tell"


def test_an_assert_of_the_program_is_no_fault_of_the_set_up_and_is_named() -> None:
    _, machine = read_foreign("RuntimeError: CUDA error: device-side assert triggered")
    result = diagnose(machine)
    assert result.cause == "healthy"
    assert result.ask_next is not None
    assert "CUDA_LAUNCH_BLOCKING=1" in result.ask_next.render("en")


def test_a_long_document_that_names_macos_in_passing_is_no_mac() -> None:
    document = "The trainer takes a folder of images and writes a checkpoint.\n" * 200 + "It was once tried on macOS.\n"
    assert diagnose(read_foreign(document)[1]).cause != "macos_no_cuda"
