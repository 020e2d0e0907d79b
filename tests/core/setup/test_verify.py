"""What an inspection after the installation means; both sides of every edge."""

from pathlib import Path

import pytest

from gpuproof.core.facts.machine import KernelCheck, Machine, TorchBuild, TorchDevice, TorchLive
from gpuproof.core.facts.unknown import Unknown, Why
from gpuproof.core.setup.model import SetupPlan
from gpuproof.core.setup.resolve import Resolution
from gpuproof.core.setup.sources import Source
from gpuproof.core.setup.verify import judge

FAILED = Unknown(Why.FAILED, "the process ended by SIGSEGV", "torch.import")


def plan(variant="cu126", had_gpu=None):
    torch = f"2.13.0+{variant}"
    return SetupPlan(
        interpreter="/v/bin/python", prefix=Path("/v"), is_new=False, base_interpreter="/v/bin/python", torch=torch,
        variant=variant, changes=(), commands=(), needed_bytes=0, free_bytes=0, had_gpu=had_gpu,
        source=Source(url="", options=(), torch=torch, requirements=(), resolution=Resolution(())),
    )  # fmt: skip


def machine(version="2.13.0+cu126", **live):
    return Machine(
        torch=TorchBuild(version=version), torch_live=TorchLive(**{"imported": True, "is_available": True, **live})
    )


GOOD = KernelCheck(device="cuda:0", ok=True)
BAD = KernelCheck(device="cuda:0", ok=False, error="no kernel image is available")


@pytest.mark.parametrize(
    ("the_plan", "found", "problem"),
    [
        pytest.param(plan(), machine(kernel_checks=(GOOD,)), "", id="works"),
        pytest.param(plan(), machine(kernel_checks=(BAD,)), "no kernel image", id="no-kernel-for-the-card"),
        pytest.param(plan(), machine("2.13.0+cpu"), "torch is 2.13.0+cpu, not", id="another-build"),
        pytest.param(plan(), Machine(torch=FAILED), "SIGSEGV", id="torch-not-found"),
        pytest.param(
            plan(), Machine(torch=TorchBuild(version="2.13.0+cu126"), torch_live=FAILED), "SIGSEGV", id="crash"
        ),
        pytest.param(plan(), machine(imported=False, import_error="libcudnn.so.9"), "libcudnn.so.9", id="no-import"),
        pytest.param(plan(had_gpu=True), machine(is_available=False), "used the GPU before", id="worse-than-before"),
        pytest.param(plan(had_gpu=False), machine(is_available=False), "", id="no-gpu-as-before"),
        pytest.param(plan("cpu", had_gpu=True), machine("2.13.0+cpu", is_available=False), "", id="cpu-was-wanted"),
    ],
)
def test_the_judgement(the_plan, found, problem):
    verdict = judge(the_plan, found)
    assert problem in str(verdict.problem or "")
    assert (verdict.problem is None) == (problem == "")


def test_a_gpu_that_is_used_is_named():
    seen = judge(plan(), machine(devices=(TorchDevice(index=0, name="NVIDIA H100"),))).seen
    assert str(seen[-1]) == "torch uses the GPU: NVIDIA H100"


def test_a_gpu_that_is_not_seen_yet_is_a_notice():
    assert "does not see a GPU yet" in str(judge(plan(), machine(is_available=False)).notices[0])
