"""``collect_env`` and its look-alikes, as torch 1.0 to 2.11 and other projects print it."""

from __future__ import annotations

import pytest

from gpuproof.core.facts.foreign import read_foreign
from gpuproof.core.facts.machine import Machine, TorchBuild, TorchLive
from gpuproof.core.facts.version import DottedVersion

# form: (text, torch, its CUDA or None for a CPU build, is_available, system, driver, first card)
FORMS = {
    "torch 1.0": (
        "PyTorch version: 1.0.0\nIs debug build: No\nCUDA used to build PyTorch: 9.0.176\n\nOS: Ubuntu 16.04.5 LTS\n"
        "GCC version: (Ubuntu 5.4.0-6ubuntu1~16.04.11) 5.4.0 20160609\nPython version: 3.6\nIs CUDA available: Yes\n"
        "CUDA runtime version: 9.0.176\nGPU models and configuration: GPU 0: GeForce GTX 1080 Ti\n"
        "Nvidia driver version: 390.87\ncuDNN version: Could not collect\n",
        ("1.0.0", "9.0.176", True, "linux", "390.87", "GeForce GTX 1080 Ti"),
    ),
    "torch 1.5, no CUDA": (
        "PyTorch version: 1.5.0+cpu\nIs debug build: No\nCUDA used to build PyTorch: None\n\n"
        "OS: Microsoft Windows 10 Home\nPython version: 3.7\nIs CUDA available: No\nCUDA runtime version: 10.1\n"
        "GPU models and configuration: GPU 0: GeForce RTX 2060\nNvidia driver version: 441.22\n",
        ("1.5.0+cpu", None, False, "windows", "441.22", "GeForce RTX 2060"),
    ),
    "torch 2.0, several cards": (
        "Collecting environment information...\nPyTorch version: 2.0.1+cu118\nIs debug build: False\n"
        "CUDA used to build PyTorch: 11.8\nROCM used to build PyTorch: N/A\n\nOS: Ubuntu 22.04.2 LTS (x86_64)\n"
        "Python version: 3.10.6 (main, Mar 10 2023, 10:55:28) [GCC 11.3.0] (64-bit runtime)\n"
        "Python platform: Linux-5.15.0-71-generic-x86_64-with-glibc2.35\nIs CUDA available: True\n"
        "GPU models and configuration: \nGPU 0: NVIDIA A100-SXM4-80GB\nGPU 1: NVIDIA A100-SXM4-80GB\n\n"
        "Nvidia driver version: 525.105.17\n",
        ("2.0.1+cu118", "11.8", True, "linux", "525.105.17", "NVIDIA A100-SXM4-80GB"),
    ),
    "torch 2.11, headings of another project": (
        "==============================\n        System Info\n==============================\n"
        "OS                           : Ubuntu 24.04.3 LTS (x86_64)\n"
        "==============================\n       PyTorch Info\n==============================\n"
        "PyTorch version              : 2.11.0+cu130\nIs debug build               : False\n"
        "CUDA used to build PyTorch   : 13.0\nROCM used to build PyTorch   : N/A\n"
        "Is CUDA available            : True\nGPU models and configuration : GPU 0: NVIDIA H100 80GB HBM3\n"
        "Nvidia driver version        : 580.65.06\n",
        ("2.11.0+cu130", "13.0", True, "linux", "580.65.06", "NVIDIA H100 80GB HBM3"),
    ),
    "one line": (
        "Collecting environment information... PyTorch version: 2.1.0+cu121 Is debug build: False CUDA used to build "
        "PyTorch: 12.1 ROCM used to build PyTorch: N/A OS: Ubuntu 20.04.6 LTS (x86_64) GCC version: 9.4.0 "
        "Python version: 3.9.18 Python platform: Linux-5.4.0-150-generic-x86_64-with-glibc2 Is CUDA available: False "
        "CUDA runtime version: Could not collect GPU models and configuration: GPU 0: Tesla T4 "
        "Nvidia driver version: 470.199.02 cuDNN version: Could not collect",
        ("2.1.0+cu121", "12.1", False, "linux", "470.199.02", "Tesla T4"),
    ),
    "markdown list": (
        "- PyTorch version: 2.3.0+cu121\n- Is CUDA available: True\n- CUDA used to build PyTorch: 12.1\n"
        "- OS: Microsoft Windows 11 Pro\n- Nvidia driver version: 551.86\n"
        "- GPU models and configuration: GPU 0: NVIDIA GeForce RTX 4070\n",
        ("2.3.0+cu121", "12.1", True, "windows", "551.86", "NVIDIA GeForce RTX 4070"),
    ),
}


def _facts(machine: Machine) -> tuple[object, ...]:
    assert isinstance(machine.torch, TorchBuild)
    assert isinstance(machine.torch_live, TorchLive)
    assert isinstance(machine.driver_version, DottedVersion)
    assert isinstance(machine.gpus, tuple)
    assert machine.torch.is_cuda_known
    cuda = machine.torch.cuda_version
    system = getattr(machine.os, "system", None)
    shown = None if cuda is None else str(cuda)
    live = machine.torch_live.is_available
    return machine.torch.version, shown, live, system, str(machine.driver_version), machine.gpus[0].name


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("quote", ["", "> ", "    "], ids=["plain", "quoted", "indented"])
def test_every_form_says_the_same(form: str, quote: str) -> None:
    words, expected = FORMS[form]
    kind, machine = read_foreign("\n".join(quote + line for line in words.split("\n")))
    assert kind.startswith("collect_env")
    assert _facts(machine) == expected


def test_two_cards_are_two_cards() -> None:
    machine = read_foreign(FORMS["torch 2.0, several cards"][0])[1]
    assert isinstance(machine.gpus, tuple)
    assert len(machine.gpus) == 2


def test_no_torch_is_no_cpu_build() -> None:
    said = "PyTorch version: N/A\nIs debug build: N/A\nCUDA used to build PyTorch: N/A\nIs CUDA available: N/A\n"
    machine = read_foreign(said)[1]
    assert not isinstance(machine.torch, TorchBuild)
    assert not isinstance(machine.torch_live, TorchLive)
