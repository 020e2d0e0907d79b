"""What a figure depends on: known conditions stand in the report, unknown ones are left out, never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.machines import FAILED, a_gpu, a_machine
from helpers.reports import a_report, a_result

from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.parts import Power, WindowsFacts
from gpuproof.core.report.compare import compare
from gpuproof.core.report.conditions import conditions_of


def test_an_unknown_machine_has_no_conditions() -> None:
    assert conditions_of(Machine(), None) == {}


def test_the_settings_of_the_run_are_conditions() -> None:
    found = conditions_of(Machine(), a_result())
    assert found["preset"] == "quick"
    assert found["gpu_variant"] == "fp16"
    assert found["cpu_batch"] == 8


@pytest.mark.parametrize(("on_battery", "source"), [(True, "battery"), (False, "mains"), (None, None)])
def test_the_power_source_is_known_or_left_out(on_battery: bool | None, source: str | None) -> None:
    assert conditions_of(a_machine(power=Power(on_battery=on_battery)), None).get("power_source") == source


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"power": Power(profile="performance", governor="powersave")}, "cpu_governor"),
        ({"secure_boot": True}, "secure_boot"),
        ({"windows": WindowsFacts(hardware_scheduling=True)}, "hardware_scheduling"),
        ({"gpus": (a_gpu(power_limit_w=300.0),)}, "power_limit_w"),
        ({"environment": (("CUDA_LAUNCH_BLOCKING", "1"),)}, "variable CUDA_LAUNCH_BLOCKING"),
    ],
)
def test_what_changes_speed_is_named_as_a_change(changes: dict[str, Any], name: str) -> None:
    before, after = (a_report(machine=a_machine(**change), result=a_result(doubts=())) for change in ({}, changes))
    assert name in {change.name for change in compare(before, after).changes}


def test_battery_against_mains_is_not_comparable() -> None:
    reports = [
        a_report(machine=a_machine(power=Power(on_battery=on)), result=a_result(doubts=())) for on in (False, True)
    ]
    comparison = compare(*reports)
    assert not comparison.comparable
    assert "another power source" in comparison.reasons[0].render("en")


def test_what_could_not_be_asked_is_left_out() -> None:
    found = conditions_of(a_machine(driver_version=FAILED, gpus=FAILED, environment=FAILED, container=FAILED), None)
    assert "driver_version" not in found
    assert "gpus" not in found
