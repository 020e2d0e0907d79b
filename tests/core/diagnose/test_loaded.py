"""Libraries that are really loaded: foreign ones are the cause only where kernels fail that should run."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.machines import ABSENT, SITE_PACKAGES, a_machine, a_torch, a_torch_live
from helpers.recordings import machine as recorded

from gpuproof.core.diagnose import diagnose
from gpuproof.core.diagnose.loaded import foreign_libraries, foreign_paths
from gpuproof.core.facts.machine import KernelCheck, Machine

OWN = f"{SITE_PACKAGES}/nvidia/cudnn/lib/libcudnn.so.9"
CUDNN, CUBLAS = "/usr/lib/x86_64-linux-gnu/libcudnn.so.9", "/usr/local/cuda-12.2/lib64/libcublasLt.so.12"
USERS = "/home/<user>/.local/lib/python3.12/site-packages/nvidia/cublas/lib/libcublas.so.12"


def _failing(error: str, *mapped: str, **changes: Any) -> Machine:
    live = a_torch_live(kernel_checks=(KernelCheck(device="cuda:0", ok=False, error=error),))
    return a_machine(**{"torch_live": live, "mapped_libraries": mapped, **changes})


def test_what_comes_from_outside_the_packages_is_foreign() -> None:
    mapped = (OWN, CUDNN, CUBLAS, USERS, "/usr/lib/x86_64-linux-gnu/libcuda.so.580.159.04")
    machine = a_machine(mapped_libraries=mapped)
    assert foreign_libraries(machine) == (("cudnn", CUDNN), ("cublas", CUBLAS))
    assert foreign_paths(machine, cudnn=False) == (CUBLAS,)


@pytest.mark.parametrize(
    "machine",
    [
        pytest.param(a_machine(mapped_libraries=(CUDNN,), torch=a_torch(source="conda-forge")), id="conda"),
        pytest.param(a_machine(mapped_libraries=(CUDNN,), torch=a_torch(source="jetson")), id="jetson"),
        pytest.param(a_machine(mapped_libraries=ABSENT), id="nobody-asked"),
        pytest.param(a_machine(mapped_libraries=(CUDNN,), torch=ABSENT), id="no-torch"),
        pytest.param(recorded("h200x2-agent"), id="recorded"),
    ],
)
def test_a_build_that_takes_the_system_s_libraries_has_no_foreign_ones(machine: Machine) -> None:
    assert foreign_libraries(machine) == ()


@pytest.mark.parametrize(("path", "cause"), [(CUDNN, "cudnn_conflict"), (CUBLAS, "cuda_lib_shadow")])
def test_kernels_that_fail_beside_a_foreign_library_name_it(path: str, cause: str) -> None:
    primary = diagnose(_failing("RuntimeError: an internal operation failed", OWN, path)).primary
    assert primary is not None
    assert (primary.cause, primary.confidence) == (cause, "likely")
    assert path in str(primary.evidence[0])


def test_a_message_of_cudnn_is_told_with_the_library_that_is_loaded() -> None:
    primary = diagnose(_failing("RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED", CUDNN)).primary
    assert primary is not None
    assert (primary.cause, primary.confidence) == ("cudnn_conflict", "likely")
    assert CUDNN in " ".join(map(str, primary.evidence))


def test_a_foreign_library_under_kernels_that_run_is_no_fault() -> None:
    assert diagnose(a_machine(mapped_libraries=(CUDNN, CUBLAS))).findings == ()
    causes = {found.cause for found in diagnose(_failing("CUDA error: out of memory", CUDNN)).findings}
    assert "cudnn_conflict" not in causes
