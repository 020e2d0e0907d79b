"""NVML in a child: a library that hangs, crashes, lies, is old or lost, and every getter with every error code."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import nvml_fake, recordings
from helpers.recordings import answers, ok

from gpuproof.core.agent import nvml_child
from gpuproof.core.agent.nvml import child_params, finish_nvml, sleeping_gpus, start_nvml
from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions.kinds import Reply
from gpuproof.core.facts.readers import read_machine
from gpuproof.core.facts.unknown import Unknown

STUB = Path(__file__).resolve().parents[2] / "helpers" / "nvml_stub.c"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stub is a shared library of Linux")


@pytest.fixture(scope="session")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler on this machine")
    folders = {}
    for name, flags in (("new", []), ("old", ["-DOLD_DRIVER"])):
        folder = tmp_path_factory.mktemp(f"nvml-{name}")
        out = ["-o", str(folder / "libnvidia-ml.so.1"), "-Wl,-soname,libnvidia-ml.so.1"]
        subprocess.run([compiler, "-shared", "-fPIC", "-w", *flags, str(STUB), *out], check=True)
        folders[name] = str(folder)
    return folders


def ask(folder: str, fault: str = "", **params: Any) -> Reply:
    """Ask a stub library in a real child."""
    place = Place(environ={**os.environ, "LD_LIBRARY_PATH": folder, "NVML_STUB_FAULT": fault})
    return finish_nvml(start_nvml(place, params), params, lambda: False)


def fields_of(reply: Reply) -> dict[str, Any]:
    assert reply.status == "ok", reply
    return reply.value["gpus"][0]  # type: ignore[no-any-return]


def test_the_stub_replays_the_recorded_card(stubs: dict[str, str]) -> None:
    reply = ask(stubs["new"])
    recorded = recordings.recording("h100-agent").answers.get("nvml.snapshot")
    assert recorded is not None
    assert reply.value["system"] == recorded.value["system"]
    expected = {name: field for name, field in recorded.value["gpus"][0].items() if "v" in field}
    found = fields_of(reply)
    for name in (
        "name",
        "memory",
        "memory_v2",
        "compute_capability",
        "pci",
        "power_limits_mw",
        "mig_mode",
        "gsp_firmware",
    ):
        assert found[name] == expected[name], name
    asked_since = {"nvlinks", "cpu_affinity", "memory_affinity", "fabric"}
    assert set(found) - asked_since == set(recorded.value["gpus"][0]) - {"nvlink_0_active"}
    assert reply.value["problem"] is None


def test_an_old_driver_lacks_functions_and_still_gives_the_rest(stubs: dict[str, str]) -> None:
    found = fields_of(ask(stubs["old"]))
    assert found["mig_mode"]["e"] == "FUNCTION_NOT_FOUND"
    assert found["memory_v2"]["e"] == "FUNCTION_NOT_FOUND"
    assert "processes_compute" in found
    assert "e" in found["processes_compute"]
    assert found["name"]["v"] == "NVIDIA H100 80GB HBM3"


def test_a_getter_that_hangs_costs_its_patience_and_keeps_what_came_before(stubs: dict[str, str]) -> None:
    reply = ask(stubs["new"], "nvmlDeviceGetPowerUsage=hang", nvml_patience_s=2.0)
    assert fields_of(reply)["temperature"] == {"v": 33}
    assert reply.value["problem"]["kind"] == "hung"
    assert reply.value["problem"]["at"] == "power_mw of GPU 0"
    machine = read_machine(answers(ok("nvml.snapshot", reply.value)))
    assert isinstance(machine.nvml_trouble, str)
    assert not isinstance(machine.gpus, Unknown)


def test_an_init_that_hangs_is_timed_out(stubs: dict[str, str]) -> None:
    reply = ask(stubs["new"], "nvmlInitWithFlags=hang", nvml_patience_s=0.3)
    assert reply.status == "timed_out"
    assert "init did not return" in reply.detail


def test_a_getter_that_crashes_names_the_signal(stubs: dict[str, str]) -> None:
    reply = ask(stubs["new"], "nvmlDeviceGetEccMode=crash")
    assert reply.value["problem"]["kind"] == "ended"
    assert "SIGABRT" in reply.value["problem"]["detail"]
    assert fields_of(reply)["mig_mode"] == {"v": [0, 0]}


def test_an_init_that_crashes_is_a_failure(stubs: dict[str, str]) -> None:
    reply = ask(stubs["new"], "nvmlInitWithFlags=crash")
    assert reply.status == "failed"
    assert "SIGABRT" in reply.detail


def test_a_card_that_is_lost_on_the_way_keeps_what_came_before(stubs: dict[str, str]) -> None:
    found = fields_of(ask(stubs["new"], "*=lost_after:12"))
    assert "v" in found["name"]
    assert {field["e"] for field in found.values() if "e" in field} <= {"GPU_IS_LOST", "FUNCTION_NOT_FOUND"}
    assert found["processes_graphics"]["e"] == "GPU_IS_LOST"


def test_text_that_is_not_text_and_numbers_that_are_none_become_no_facts(stubs: dict[str, str]) -> None:
    faults = "nvmlDeviceGetName=garbage nvmlDeviceGetTemperature=garbage nvmlDeviceGetMemoryInfo=garbage"
    reply = ask(stubs["new"], faults)
    assert fields_of(reply)["name"]["e"] == "UNICODEDECODEERROR"
    gpus = read_machine(answers(ok("nvml.snapshot", reply.value))).gpus
    assert not isinstance(gpus, Unknown)
    assert (gpus[0].name, gpus[0].temperature_celsius, gpus[0].memory_total_mib) == ("", None, None)


def test_a_count_of_four_thousand_million_cards_is_bounded(stubs: dict[str, str]) -> None:
    reply = ask(stubs["new"], "nvmlDeviceGetCount_v2=garbage")
    assert len(reply.value["gpus"]) == nvml_child.MAX_GPUS


INIT_ERRORS = {
    9: "DRIVER_NOT_LOADED",
    18: "LIB_RM_VERSION_MISMATCH",
    4: "NO_PERMISSION",
    15: "GPU_IS_LOST",
    999: "UNKNOWN",
}


@pytest.mark.parametrize(("code", "name"), INIT_ERRORS.items())
def test_an_init_that_fails_gives_nvmls_own_name(stubs: dict[str, str], code: int, name: str) -> None:
    reply = ask(stubs["new"], f"nvmlInitWithFlags=code:{code}")
    assert (reply.value["init"]["ok"], reply.value["init"]["e"]) == (False, name)


def test_a_library_that_cannot_be_loaded_keeps_the_loaders_reason(tmp_path: Path) -> None:
    (tmp_path / "libnvidia-ml.so.1").write_text("not a library")
    reply = ask(str(tmp_path))
    assert reply.value["init"]["e"] == "LIBRARY_NOT_FOUND"
    assert "invalid ELF header" in reply.value["init"]["detail"] or "too short" in reply.value["init"]["detail"]


def test_a_missing_library_is_an_answer(tmp_path: Path) -> None:
    machine = read_machine(answers(ok("nvml.snapshot", ask(str(tmp_path)).value)))
    assert not isinstance(machine.nvml, Unknown)
    assert (machine.nvml.ok, machine.nvml.error) == (False, "LIBRARY_NOT_FOUND")


def test_bindings_that_came_by_wire_are_sent_as_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "isfile", lambda path: False)
    params = child_params({})
    assert params["pynvml_path"] is None
    assert "def nvmlInit()" in params["pynvml_source"]


def test_a_sleeping_laptop_card_is_not_woken(tmp_path: Path) -> None:
    card = tmp_path / "sys" / "bus" / "pci" / "devices" / "0000:01:00.0"
    (card / "power").mkdir(parents=True)
    for name, words in (("vendor", "0x10de"), ("class", "0x030200"), ("power/runtime_status", "suspended")):
        (card / name).write_text(words + "\n")
    asleep = Place(root=str(tmp_path), may_wake=False)
    assert sleeping_gpus(asleep)
    found = start_nvml(asleep, {})
    assert isinstance(found, Reply)
    assert found.detail == "the GPU is asleep and was not woken to look at it"
    (card / "power" / "runtime_status").write_text("active\n")
    assert not sleeping_gpus(asleep)


def replay(monkeypatch: pytest.MonkeyPatch, library: nvml_fake.FakeLibrary) -> dict[str, dict[str, Any]]:
    """Ask the fake library in this process and return the fields that were sent."""
    sent = io.StringIO()
    monkeypatch.setattr(sys, "stdout", sent)
    reading = nvml_child.Reading(nvml_fake.bindings(library))
    nvml_child.ask_system(reading)
    nvml_child.ask_gpu(reading, 0, object())
    monkeypatch.undo()
    lines = [json.loads(line) for line in sent.getvalue().splitlines()]
    return {line[2]: {"v": line[3]} if line[0] == "value" else {"e": line[3]} for line in lines if line[0] != "begin"}


def test_the_real_bindings_over_the_fake_replay_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    found = replay(monkeypatch, nvml_fake.FakeLibrary(nvml_fake.recorded_fields()))
    assert found["name"] == {"v": "NVIDIA H100 80GB HBM3"}
    assert found["driver_version"] == {"v": "580.159.04"}
    assert found["compute_capability"] == {"v": [9, 0]}
    assert found["memory"]["v"]["total"] == 85520809984
    assert found["fan_percent"] == {"e": "NOT_SUPPORTED"}


ERROR_CODES = (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 999)


@pytest.mark.parametrize("code", ERROR_CODES)
def test_every_getter_with_an_error_code_has_its_reason_and_none_raises(
    monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    found = replay(monkeypatch, nvml_fake.FakeLibrary(nvml_fake.recorded_fields(), {"*": code}))
    named = {field for field, value in found.items() if "e" in value}
    assert {field for field, _, _ in nvml_child.GETTERS} <= named | {"processes_compute", "processes_graphics"}
    assert not [value for value in found.values() if value.get("e", "").endswith("EXCEPTION")]


def test_every_symbol_missing_alone_costs_only_its_own_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = nvml_fake.recorded_fields()
    whole = replay(monkeypatch, nvml_fake.FakeLibrary(fields))
    for symbol in fields:
        found = replay(monkeypatch, nvml_fake.FakeLibrary(fields, missing=frozenset({symbol})))
        lost = [name for name, value in found.items() if value != whole[name]]
        assert len(lost) <= 4, (symbol, lost)
        assert {found[name].get("e") for name in lost} <= {"FUNCTION_NOT_FOUND", "NVMLLIBRARYMISMATCHERROR"}, symbol


def test_values_of_every_shape_become_plain_ones() -> None:
    assert nvml_child.plain([{"name": b"MIG 1g.10gb", "memory_total": 3}]) == [
        {"name": "MIG 1g.10gb", "memory_total": 3}
    ]
    assert nvml_child.plain((b"a", None, 1.5)) == ["a", None, 1.5]
