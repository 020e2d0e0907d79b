"""Thresholds on both sides, once a kind and GPU."""

from dataclasses import replace

import pytest
from helpers.watched import an_observation

from gpuproof.core.watch.alarms import alarms
from gpuproof.core.watch.model import WatchSettings


def with_values(**values):
    seen = an_observation([(3, 100, 90.0)])
    return replace(seen, samples=tuple(replace(row, **values) if row.gpu == 0 else row for row in seen.samples))


@pytest.mark.parametrize(
    ("values", "settings", "kinds"),
    [
        ({"temperature_celsius": 84.0}, {}, ["thermal"]),
        ({"temperature_celsius": 83.9}, {}, []),
        ({"temperature_celsius": 70.0}, {"alarm_celsius": 70.0}, ["thermal"]),
        ({"throttle_reasons": ("hardware_thermal",)}, {}, ["thermal"]),
        ({"throttle_reasons": ("power_cap",)}, {}, []),
        ({"memory_used_mib": 81559 * 0.95}, {}, ["memory"]),
        ({"memory_used_mib": 81559 * 0.949}, {}, []),
        ({"power_w": 699.0}, {}, []),
        ({"power_w": 699.0}, {"alarm_power_percent": 99.0}, ["power"]),
        ({"temperature_celsius": None, "memory_used_mib": None, "power_w": None}, {"alarm_power_percent": 1.0}, []),
    ],
)
def test_an_alarm_comes_at_its_threshold_and_once(values, settings, kinds):
    raised = alarms(with_values(**values), WatchSettings(pid=1, **settings))
    assert [alarm.kind for alarm in raised] == kinds
    assert all(alarm.at_s == 0 for alarm in raised)


def test_a_lost_gpu_is_an_alarm():
    raised = alarms(replace(an_observation([(3, 100, 90.0)]), lost=((0, 1.5),)), WatchSettings(pid=1))
    assert [(alarm.kind, alarm.at_s) for alarm in raised] == [("gpu_lost", 1.5)]
