"""``gpuproof recommend``: the flags, the JSON contract, and what a what-if must not look at."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from gpuproof.core.cli.commands import recommend as command
from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal


def ask(*words: str) -> tuple[int, Any, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(["recommend", *words, "--json"], Terminal(out=out, err=err))
    text = out.getvalue()
    return code, json.loads(text) if text else None, err.getvalue()


@pytest.fixture(autouse=True)
def _no_inspection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(target: str | None) -> None:
        raise AssertionError("a what-if with all facts given must not inspect the machine")

    monkeypatch.setattr(command, "_inspected", refuse)


def test_the_json_contract() -> None:
    code, found, _ = ask("--gpu", "NVIDIA GeForce RTX 4090", "--driver", "550.54.14", "--os", "linux")
    assert code == 0
    assert found["choice"]["torch"] == "2.14.1"
    assert found["choice"]["variant"] == "cu126"
    assert found["choice"]["index_url"] == "https://download.pytorch.org/whl/cu126"
    assert found["choice"]["python_ok"] is True
    assert {"pip", "uv", "conda", "poetry", "requirements"} <= set(found["choice"]["commands"])
    assert found["driver"]["action"] == "upgrade"
    assert found["driver"]["minimum"] == "580"
    assert found["driver"]["maximum_branch"] is None
    assert found["because"]
    assert {"torch", "variant", "reason"} == set(found["rejected"][0])
    assert found["alternatives"]
    assert found["overridden"] == ["system", "cards", "driver"]


def test_no_choice_is_null_and_exit_code_1() -> None:
    code, found, _ = ask("--gpu", "RTX 5090", "--driver", "580.65.06", "--os", "linux", "--torch", "==2.5.1")
    assert code == 1
    assert found["choice"] is None


def test_another_system_keeps_this_machine_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "local_system", lambda: "linux")
    _, found, _ = ask("--gpu", "RTX 4090", "--driver", "581.29", "--os", "windows")
    assert found["choice"]["torch"] == "2.15.0"
    assert "windows" in " ".join(found["because"]).lower()


def test_mac_needs_no_gpu_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "local_system", lambda: "linux")
    code, found, _ = ask("--os", "macos", "--machine", "arm64", "--python", "3.12")
    assert code == 0
    assert found["driver"]["action"] == "none"


def test_another_system_without_a_gpu_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "local_system", lambda: "linux")
    code, found, _ = ask("--os", "windows")
    assert code == 1
    assert "--gpu" in " ".join(found["missing"])


def test_gpu_none_needs_no_driver() -> None:
    _, found, _ = ask("--gpu", "none", "--os", "linux")
    assert found["choice"]["variant"] == "cpu"


def test_capabilities_are_paired_in_order() -> None:
    _, found, _ = ask(
        *("--gpu", "card one", "--gpu", "card two"),
        *("--compute-capability", "6.1", "--compute-capability", "8.6"),
        *("--driver", "580.65.06", "--os", "linux"),
    )
    assert found["choice"]["variant"] == "cu126"
    assert "card two (compute capability 8.6)" in " ".join(found["because"])


def test_a_single_capability_belongs_to_the_card_before_it() -> None:
    _, found, _ = ask(
        *("--gpu", "RTX 3090", "--gpu", "odd card", "--compute-capability", "6.1"),
        *("--driver", "580.65.06", "--os", "linux"),
    )
    assert "odd card (compute capability 6.1)" in " ".join(found["because"])


def test_a_capability_alone_is_a_card() -> None:
    _, found, _ = ask("--compute-capability", "6.1", "--driver", "580.65.06", "--os", "linux")
    assert found["choice"]["variant"] == "cu126"


@pytest.mark.parametrize(
    "words",
    [
        ("--driver", "abc"),
        ("--compute-capability", "eight"),
        ("--python", "three"),
        ("--torch", "newest please"),
        ("--app", "photoshop"),
        ("--glibc", "new"),
        ("--compute-capability", "8.6", "--compute-capability", "8.9"),
    ],
)
def test_wrong_use_is_one_line_with_a_hint_and_exit_code_2(words: tuple[str, ...]) -> None:
    code, found, err = ask("--gpu", "RTX 3090", "--os", "linux", "--driver", "580", *words)
    assert code == 2
    assert found is None
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 2


def test_words_come_in_chinese_too() -> None:
    out = io.StringIO()
    code = main(
        ["recommend", "--gpu", "RTX 4090", "--driver", "550", "--os", "linux", "--lang", "zh"],
        Terminal(out=out, err=io.StringIO()),
    )
    assert code == 0
    assert "驱动" in out.getvalue()


def test_detection_fills_in_what_flags_leave_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from gpuproof.core.facts.machine import ComputeCapability, Gpu, Machine, OperatingSystem, PythonFacts
    from gpuproof.core.facts.version import DottedVersion

    machine = Machine(
        os=OperatingSystem(system="linux", machine="x86_64"),
        python=PythonFacts(version="3.10.4", bits=64),
        driver_version=DottedVersion("550.54.14"),
        gpus=(Gpu(index=0, name="NVIDIA L4", compute_capability=ComputeCapability(8, 9)),),
        display_devices=(),
    )
    monkeypatch.setattr(command, "_inspected", lambda target: machine)
    _, found, _ = ask()
    assert found["choice"]["torch"] == "2.14.1"
    assert found["overridden"] == []
    _, what_if, _ = ask("--driver", "580.65.06")
    assert what_if["choice"]["variant"] == "cu130"
    assert what_if["overridden"] == ["driver"]


def test_old_tables_are_said_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    from gpuproof.core.knowledge import age

    monkeypatch.setattr(age, "OLD_AFTER_DAYS", -100_000)
    code, _, err = ask("--gpu", "none", "--os", "linux")
    assert code == 0
    assert "knowledge update" in err
