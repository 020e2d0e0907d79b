"""Every reader and pattern takes time in proportion to the text, whatever a line is made of."""

from __future__ import annotations

import time

import pytest

from gpuproof.core.facts.foreign import read_foreign
from gpuproof.core.facts.foreign.symptoms import error_rows

HOSTILE = {
    "spaces": " ",
    "words": "torch ",
    "is_available": "is_available ",
    "open brackets": "is_available(((((",
    "versions": "2.0.1+cu118 ",
    "dots": "1.1.1.1.1.1",
    "sm list": "supports cuda capabilities sm_70 sm_75 ",
    "found gpu": "found gpu0 aaaa ",
    "with cuda capability": "a a a with cuda capability sm_12 ",
    "pipes": "| 0 | ",
    "smi row": "|   0  NVIDIA A100  On | 00000000:00:06.0 Off | ",
    "assignments": "CUDA_VISIBLE_DEVICES=0,",
    "cards": "nvidia geforce rtx ",
    "radeon": "amd radeon rx ",
    "python": "python python3.1 ",
    "escapes": "\x1b[0;0;0;0",
    "quotes": "> > > > ",
    "collect_env": " PyTorch version: Is CUDA available: OS: Ubuntu GPU 0: ",
    "arch_list": "arch_list() [sm_70, ",
    "device": "device: cuda:0 aaa ",
    "from versions": "requirement torch==1.0 (from versions: 1.0, ",
    "root prompt": "root@0123456789a:",
    "equals": "======",
    "answers": "is_available() is was the result of it ",
    "answers before": "false from the the the torch.cuda.is",
    "drivers": "nvidia driver version is is: ",
    "driver numbers": "driver 535.10 ",
    "kernel module": "nvidia unix kernel module for kernel module ",
    "package list": "ii libnvidia-compute-535 535.1 ",
    "series": "rtx 50 series rtx 5000 ",
    "compose log": "app-1   | ",
    "asked for nothing": "lsmod | grep nvidia # ",
    "pairs": '"torch" : "2.0.1',
    "pip said": "pip list torch + torch == requirement already satisfied: torch ((((",
    "capability": "cuda capability is is = => (",
    "variants": "torch (the cu118 pytorch is cu12 ",
    "built with": "built with cuda: : : ",
    "properties": "_cudadeviceproperties(name='aaaa', major=8",
    "assignment without a value": "CUDA_VISIBLE_DEVICES= ",
    "kernel log": "[ 12.345] nvrm: the gpu ",
    "compose file": "services:\n  a:\n    image: x\n",
    "upgrades": "upgrade libnvidia-compute-535 upgraded (535.1 ",
    "driver is needed": "requires the nvidia driver 390 requires driver 39",
    "sentences": "nvidia driver cant load because of secure boot. ",
    "one sentence": "nvidia driver torch non-cuda libcuda.so ",
    "wrapped lines": "the nvidia driver of this machine of ours does not want to\nthe ",
    "bits": "python 3.8 python 3. 32 struct.calcsize('p')) * ",
    "users": "/users/x:/users/",
    "ordered list": "('sys.platform', 'linux'), ('PyTorch', ",
}


def _seconds(text: str) -> float:
    best = 9.0
    for _ in range(3):
        start = time.thread_time()  # of this thread alone: a busy machine changes nothing
        read_foreign(text)
        best = min(best, time.thread_time() - start)
    return best


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("separator", ["", "\n"], ids=["one line", "many lines"])
def test_a_hostile_text_costs_in_proportion_to_its_length(piece: str, separator: str) -> None:
    unit = (piece * (4096 // len(piece) + 1))[:4096] + separator
    small, large = _seconds(unit), _seconds(unit * 8)
    assert large < 0.5
    assert large < 40 * small + 0.02, f"{small:.4f} s for 4 KiB, {large:.4f} s for 32 KiB"


def test_every_phrase_of_the_table_costs_little_when_it_fills_the_text() -> None:
    start = time.thread_time()
    for row in error_rows():
        read_foreign((row["contains"][0] + " ") * (4096 // len(row["contains"][0])))
    assert time.thread_time() - start < 6.0
