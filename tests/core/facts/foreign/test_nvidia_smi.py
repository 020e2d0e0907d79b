"""The table of ``nvidia-smi`` is read alike with its line ends, without them, and with its white space collapsed."""

from __future__ import annotations

import pytest

from gpuproof.core.diagnose import diagnose
from gpuproof.core.facts.foreign import read_foreign
from gpuproof.core.facts.machine import Machine
from gpuproof.core.facts.version import DottedVersion

TABLE = """\
+-----------------------------------------------------------------------------+
| NVIDIA-SMI 525.105.17   Driver Version: 525.105.17   CUDA Version: 12.0     |
|-------------------------------+----------------------+----------------------+
| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |
| Fan  Temp  Perf  Pwr:Usage/Cap|         Memory-Usage | GPU-Util  Compute M. |
|                               |                      |               MIG M. |
|===============================+======================+======================|
|   0  NVIDIA A100 80G...  On   | 00000000:17:00.0 Off |                    0 |
| N/A   41C    P0    62W / 300W |   1024MiB / 81920MiB |      7%      Default |
|                               |                      |              Enabled |
+-------------------------------+----------------------+----------------------+
|   1  Tesla K40m          On   | 00000000:82:00.0 Off |                    0 |
| N/A   27C    P8    20W / 235W |      0MiB / 11439MiB |      0%   E. Process |
|                               |                      |                  N/A |
+-------------------------------+----------------------+----------------------+

+-----------------------------------------------------------------------------+
| Processes:                                                                  |
|  GPU   GI   CI        PID   Type   Process name                  GPU Memory |
|    0   N/A  N/A      4711      C   python                           1000MiB |
+-----------------------------------------------------------------------------+
"""
FORMS = {
    "joined by a space": TABLE.replace("\n", " "),
    "joined by nothing": TABLE.replace("\n", ""),
    "white space collapsed": " ".join(TABLE.split()),
}


def _read(words: str) -> Machine:
    kind, machine = read_foreign(words)
    assert kind == "nvidia-smi"
    return machine


def test_the_table_as_it_is_printed() -> None:
    machine = _read(TABLE)
    assert machine.driver_version == DottedVersion("525.105.17")
    assert isinstance(machine.gpus, tuple)
    first, second = machine.gpus
    assert (first.memory_used_mib, first.memory_total_mib, first.mig_mode) == (1024.0, 81920.0, "Enabled")
    assert (second.index, second.compute_mode) == (1, "Exclusive_Process")


@pytest.mark.parametrize("form", FORMS)
def test_lost_line_ends_change_nothing(form: str) -> None:
    lost, whole = _read(FORMS[form]), _read(TABLE)
    assert lost.symptoms == ()
    assert lost == whole


def test_the_heading_of_the_mig_column_says_nothing_of_mig() -> None:
    plain = TABLE.replace("             Enabled", "                 N/A").replace("E. Process", "   Default")
    for said in ("torch.cuda.is_available() False", "RuntimeError: No CUDA GPUs are available"):
        assert diagnose(read_foreign(f"{said}\n{plain}")[1]).cause != "mig"
        assert diagnose(read_foreign(f"{said}\n{TABLE}")[1]).cause == "mig"
    long = "Driver Version : 535.54\nAttached GPUs : 1\nProduct Name : NVIDIA A10\nMIG Mode\n Current : N/A\n Pending : N/A"  # noqa: E501
    assert read_foreign(f"nvidia-smi -q\n{long}")[1].symptoms == ()


def test_a_long_line_with_bars_that_is_no_table_names_no_card() -> None:
    _, machine = read_foreign("nvidia-smi | grep Driver | tee log | " + "| + | " * 400)
    assert not isinstance(machine.gpus, tuple)
