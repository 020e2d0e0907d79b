"""Notes on software beside torch: each seen, its look-alike, and what nobody asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers.machines import ABSENT, SITE_PACKAGES, a_machine, a_torch, packages_of
from helpers.notes import check_note

from gpuproof.core.diagnose.notes import notes_of
from gpuproof.core.facts.installation import FilesCheck, TorchConfiguration
from gpuproof.core.facts.machine import Machine, OperatingSystem
from gpuproof.core.facts.parts import Companion, LibraryFile
from gpuproof.core.facts.version import DottedVersion as Version

WINDOWS = OperatingSystem(system="windows", machine="x86_64", name="Windows 11 Pro")
CPU_ONLY, WITH_CUDA = ("CPUExecutionProvider",), ("CUDAExecutionProvider", "CPUExecutionProvider")
PLAIN, BOTH = packages_of("onnxruntime==1.22.0"), packages_of("onnxruntime==1.22.0", "onnxruntime-gpu==1.22.0")
OWN = LibraryFile(name="libcudnn.so.9", path=f"{SITE_PACKAGES}/nvidia/cudnn/lib/libcudnn.so.9", where="wheel")
OFFERED = LibraryFile(name="libcudnn.so.9", path="/opt/cudnn/lib/libcudnn.so.9", where="LD_LIBRARY_PATH")
CUT = FilesCheck(checked=9, wrong_size=("nvidia/cudnn/lib/libcudnn.so.9: 1 of 2 bytes",))
HALF = replace(packages_of("torch==2.11.0")[0], is_complete=False)


def _companion(name: str, made_for: str | None) -> Machine:
    return a_machine(companions=(Companion(name=name, version="2.7.4", torch_version=made_for),))


def _offered(**changes: Any) -> Machine:
    return a_machine(**{"libraries": (OFFERED,), "wheel_libraries": (OWN,), **changes})


SCENES: list[tuple[str, Machine, bool]] = [
    ("software.onnx-on-cpu", a_machine(packages=PLAIN, onnx_providers=CPU_ONLY), True),
    ("software.onnx-on-cpu", a_machine(packages=PLAIN, onnx_providers=WITH_CUDA), False),
    ("software.onnx-on-cpu", a_machine(packages=PLAIN, onnx_providers=("DmlExecutionProvider",)), False),
    ("software.onnx-on-cpu", a_machine(packages=PLAIN, onnx_providers=ABSENT), False),
    ("software.onnx-on-cpu", a_machine(onnx_providers=CPU_ONLY), False),
    ("software.onnx-twice", a_machine(packages=BOTH), True),
    ("software.onnx-twice", a_machine(packages=PLAIN), False),
    ("software.slow-variables", a_machine(environment=(("CUDA_LAUNCH_BLOCKING", "1"),)), True),
    ("software.slow-variables", a_machine(environment=(("CUDA_LAUNCH_BLOCKING", "0"),)), False),
    ("software.slow-variables", a_machine(environment=ABSENT), False),
    ("software.cudnn-off", a_machine(torch_configuration=TorchConfiguration(cudnn_enabled=False)), True),
    ("software.cudnn-off", a_machine(torch_configuration=TorchConfiguration(cudnn_enabled=True)), False),
    ("software.cudnn-off", a_machine(torch_configuration=TorchConfiguration()), False),
    ("software.restart-due", a_machine(driver_on_disk=Version("590.44.01")), True),
    ("software.restart-due", a_machine(), False),
    ("software.restart-due", a_machine(driver_on_disk=ABSENT), False),
    ("software.other-torch", _companion("flash-attn", "2.6"), True),
    ("software.other-torch", _companion("xformers", "2.7.0+cu126"), True),
    ("software.other-torch", _companion("flash-attn", "2.11.0"), False),
    ("software.other-torch", _companion("flash-attn", None), False),
    ("software.other-torch", _companion("bitsandbytes", "2.6"), False),
    ("software.foreign-loaded", a_machine(mapped_libraries=("/usr/lib/libcudnn.so.9",)), True),
    ("software.foreign-loaded", a_machine(mapped_libraries=(OWN.path,)), False),
    ("software.foreign-loaded", a_machine(mapped_libraries=ABSENT), False),
    ("software.shadowing", _offered(), True),
    ("software.shadowing", _offered(libraries=(replace(OFFERED, name="libcudnn.so.8"),)), False),
    ("software.shadowing", _offered(libraries=(replace(OFFERED, where="loader_cache"),)), False),
    ("software.shadowing", _offered(wheel_libraries=ABSENT), False),
    ("software.shadowing", _offered(torch=a_torch(source="conda")), False),
    ("software.left-overs", a_machine(half_removed=("/site/~orch",)), True),
    ("software.left-overs", a_machine(half_removed=()), False),
    ("software.files-differ", a_machine(files_check=CUT), True),
    ("software.files-differ", a_machine(files_check=CUT, torch_live=ABSENT), True),
    ("software.files-differ", a_machine(files_check=FilesCheck(checked=9)), False),
    ("software.files-differ", a_machine(files_check=ABSENT), False),
    ("software.incomplete", a_machine(packages=(HALF,)), True),
    ("software.incomplete", a_machine(packages=(replace(HALF, name="numpy"),)), False),
    ("software.incomplete", a_machine(packages=ABSENT), False),
]


@pytest.mark.parametrize(("note", "machine", "is_seen"), SCENES, ids=[f"{n}-{s[0]}" for n, s in enumerate(SCENES)])
def test_a_note_is_made_only_of_what_was_seen(note: str, machine: Machine, is_seen: bool) -> None:
    check_note(note, machine, is_seen)


def test_a_variable_is_cleared_the_way_of_the_system() -> None:
    slow = a_machine(environment=(("PYTORCH_NO_CUDA_MEMORY_CACHING", "1"),))
    assert notes_of(slow).seen[0].steps[0].command == "unset PYTORCH_NO_CUDA_MEMORY_CACHING"
    windows = replace(slow, os=WINDOWS)
    assert notes_of(windows).seen[0].steps[0].command == "set PYTORCH_NO_CUDA_MEMORY_CACHING="
