"""The sampler, with a fake NVML module file whose values are those of one H100 (580.159.04) and real processes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

START = Path(__file__).resolve().parents[3] / "core" / "agent" / "start" / "start_agent.py"
FAKE = Path(__file__).resolve().parents[2] / "helpers" / "fake_pynvml.py"


class Run:
    """One sampler child, driven by lines."""

    def __init__(self, environment=None, **params):
        request = {"protocol": 1, "nonce": "n", "job": "watch", "params": {"interval_s": 0.1, **params}}
        self.process = subprocess.Popen(
            [sys.executable, str(START)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
        )
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()

    def until(self, wanted):
        messages = []
        for line in self.process.stdout:
            messages.append(json.loads(line))
            if wanted(messages[-1]):
                break
        return messages

    def end(self, cancel=False):
        if cancel:
            self.process.stdin.write(b'{"type": "cancel"}\n')
            self.process.stdin.flush()
        messages = [json.loads(line) for line in self.process.stdout]
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors = self.process.stderr.read().decode()
        self.process.stderr.close()
        assert self.process.wait(5) == 0
        return messages


def of_type(messages, name):
    return [message for message in messages if message["type"] == name]


@pytest.fixture
def fake(tmp_path):
    """Return the environment and parameters for a fake NVML with this plan."""

    def make(**plan):
        file = tmp_path / "plan.json"
        file.write_text(json.dumps(plan))
        return {"environment": {"FAKE_NVML": str(file)}, "pynvml_path": str(FAKE)}

    return make


def test_without_nvml_the_host_is_still_sampled_and_the_reason_is_said(tmp_path):
    run = Run(duration_s=0.35, pynvml_path=str(tmp_path / "missing.py"))
    messages = run.end()
    assert of_type(messages, "unavailable")[0]["what"] == "nvml"
    samples = of_type(messages, "sample")
    assert {sample["gpu"] for sample in samples} == {None}
    assert any(sample.get("cpu_percent") is not None for sample in samples)
    assert messages[-1]["type"] == "result"


def test_every_sample_field_is_one_of_the_telemetry_model(fake):
    from dataclasses import fields

    from gpuproof.core.bench.model import TelemetrySample

    run = Run(duration_s=0.3, pid=os.getpid(), **fake(gpus=1))
    samples = of_type(run.end(), "sample")
    known = {field.name for field in fields(TelemetrySample)} | {"type"}
    assert samples
    assert all(set(sample) <= known for sample in samples)


def test_a_busy_gpu_row_carries_the_values_of_the_card(fake):
    pid = os.getpid()
    run = Run(duration_s=0.3, pid=pid, **fake(gpus=2, utilisation=[97, 0], processes=[[pid, 4096]]))
    messages = run.end()
    rows = [sample for sample in of_type(messages, "sample") if sample["gpu"] == 0]
    assert rows[0]["utilisation_percent"] == 97
    assert rows[0]["memory_used_mib"] == 4576
    assert rows[0]["process_memory_mib"] == 4096
    assert rows[0]["power_w"] == 698.0
    assert rows[0]["throttle_reasons"] == ["power_cap"]
    assert rows[0]["energy_j"] > 0
    assert "energy_j" not in rows[1]
    assert [gpu["name"] for gpu in of_type(messages, "gpus")[0]["gpus"]] == ["NVIDIA H100 80GB HBM3"] * 2


def test_only_the_wanted_gpus_are_sampled(fake):
    run = Run(duration_s=0.2, gpus=[1], **fake(gpus=3))
    assert {sample["gpu"] for sample in of_type(run.end(), "sample")} == {None, 1}


def test_a_getter_the_card_lacks_leaves_its_field_out(fake):
    run = Run(duration_s=0.2, **fake(gpus=1, errors={"nvmlDeviceGetPowerUsage": 3, "nvmlDeviceGetFieldValues": 3}))
    rows = [sample for sample in of_type(run.end(), "sample") if sample["gpu"] == 0]
    assert rows
    assert all("power_w" not in row and "power_instant_w" not in row for row in rows)
    assert all(row["temperature_celsius"] == 57 for row in rows)


def test_text_that_is_not_utf8_and_a_version_mismatch_do_not_end_the_sampling(fake):
    plan = fake(gpus=1, raises={"nvmlDeviceGetName": "unicode", "nvmlDeviceGetComputeRunningProcesses": "mismatch"})
    messages = Run(duration_s=0.2, pid=os.getpid(), **plan).end()
    assert of_type(messages, "gpus")[0]["gpus"][0]["name"] is None
    assert [sample for sample in of_type(messages, "sample") if sample["gpu"] == 0]


def test_a_lost_gpu_is_said_once_and_the_host_goes_on(fake):
    messages = Run(duration_s=0.6, **fake(gpus=1, lost_after=2)).end()
    assert len(of_type(messages, "gpu_lost")) == 1
    lost_at = of_type(messages, "gpu_lost")[0]["at_s"]
    assert any(sample["gpu"] is None and sample["at_s"] > lost_at for sample in of_type(messages, "sample"))


def test_a_driver_call_that_hangs_does_not_stop_the_host_samples(fake):
    run = Run(duration_s=0.5, **fake(gpus=1, hang="nvmlDeviceGetUtilizationRates"))
    messages = run.end()
    assert len([sample for sample in of_type(messages, "sample") if sample["gpu"] is None]) >= 4
    assert messages[-1]["type"] == "result"


def test_memory_hidden_by_the_driver_model_is_left_out(fake):
    pid = os.getpid()
    messages = Run(duration_s=0.2, pid=pid, **fake(gpus=1, processes=[[pid, None]])).end()
    rows = [sample for sample in of_type(messages, "sample") if sample["gpu"] == 0]
    assert all("process_memory_mib" not in row for row in rows)
    assert of_type(messages, "processes")[0]["gpus"][0]["mine_hidden"] is True


def test_a_cancel_ends_it_with_a_result(tmp_path):
    run = Run(pynvml_path=str(tmp_path / "missing.py"))
    run.until(lambda message: message["type"] == "sample")
    messages = run.end(cancel=True)
    assert messages[-1]["type"] == "result"
    assert messages[-1]["reason"] == "cancelled"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_cpu_of_a_grandchild_counts_and_the_end_of_the_process_is_said(tmp_path):
    busy = "import time\nend = time.monotonic() + 1.5\nwhile time.monotonic() < end: pass\n"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    with subprocess.Popen([sys.executable, "-c", parent]) as program:
        run = Run(pid=program.pid, stop_with_process=True, pynvml_path=str(tmp_path / "missing.py"))
        messages = run.end()
    rows = [row for row in of_type(messages, "sample") if "process_cpu_percent" in row]
    assert max(row["process_cpu_percent"] for row in rows) > 10  # others may have the cores
    assert of_type(messages, "process_ended")
    assert messages[-1]["reason"] == "process_ended"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the clock is system-wide there")
def test_the_base_of_the_clock_can_be_given(tmp_path):
    base = time.monotonic() - 100
    messages = Run(duration_s=0.2, base_monotonic=base, pynvml_path=str(tmp_path / "missing.py")).end()
    assert of_type(messages, "started")[0]["monotonic"] == base
    assert of_type(messages, "sample")[0]["at_s"] >= 100
