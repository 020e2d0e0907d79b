"""What torch's users write around it: assignments of variables, and answers in either order."""

from __future__ import annotations

import pytest

from gpuproof.core.facts.foreign import read_foreign
from gpuproof.core.facts.machine import TorchLive

SET = {
    "CUDA_VISIBLE_DEVICES=''": "",
    "CUDA_VISIBLE_DEVICES= python x.py": "",
    "export CUDA_VISIBLE_DEVICES=": "",
    "os.environ['CUDA_VISIBLE_DEVICES'] = ''": "",
    "'CUDA_VISIBLE_DEVICES': '0,1'": "0,1",
    "CUDA_VISIBLE_DEVICES: 0": "0",
    "CUDA_VISIBLE_DEVICES=-1 python x.py": "-1",
    "set CUDA_VISIBLE_DEVICES=1": "1",
    "CUDA_VISIBLE_DEVICES is set to 3": "3",
    '$env:CUDA_VISIBLE_DEVICES="0"': "0",
    "CUDA_VISIBLE_DEVICES=GPU-ab12": "GPU-ab12",
}
NOT_SET = [
    'env="map[CUDA_VISIBLE_DEVICES: GPU_DEVICE_ORDINAL: HIP_VISIBLE_DEVICES:]"',
    "CUDA_VISIBLE_DEVICES:",
    "os.environ['CUDA_VISIBLE_DEVICES']: None",
    "e.g. changing env variable CUDA_VISIBLE_DEVICES after program start",
]
NO = [
    "torch.cuda.is_available() returns False",
    "I get False when I run torch.cuda.is_available()",
    "the following returns false\n`torch.cuda.is_available()`",
    ">>> torch.cuda.is_available()\nFalse",
    "In [2]: torch.cuda.is_available()\nOut[2]: False",
    "torch.cuda.is_available() 一直返回False",
    "torch.cuda.is_available()的结果是 False",
    "GPU available: False, used: False",
    "print(torch.cuda.is_available())  # False",
]


@pytest.mark.parametrize("words", SET)
def test_an_assignment_is_read(words: str) -> None:
    assert read_foreign(words)[1].variable("CUDA_VISIBLE_DEVICES") == SET[words]


@pytest.mark.parametrize("words", NOT_SET)
def test_a_name_without_a_value_assigns_nothing(words: str) -> None:
    assert not isinstance(read_foreign(words)[1].variable("CUDA_VISIBLE_DEVICES"), str)


@pytest.mark.parametrize("words", NO)
def test_the_answer_is_read_in_either_order(words: str) -> None:
    live = read_foreign(words)[1].torch_live
    assert isinstance(live, TorchLive)
    assert live.is_available is False


def test_a_condition_in_code_is_no_answer() -> None:
    live = read_foreign("device = 'cuda' if torch.cuda.is_available() else 'cpu'\nuse_amp = True")[1].torch_live
    assert not isinstance(live, TorchLive)
