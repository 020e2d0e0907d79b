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


HEADERS = {
    "R331": ("| NVIDIA-SMI 331.38     Driver Version: 331.38         |", "331.38", None),
    "R375": ("| NVIDIA-SMI 375.39                 Driver Version: 375.39                    |", "375.39", None),
    "R418": ("| NVIDIA-SMI 418.87.00    Driver Version: 418.87.00    CUDA Version: 10.1     |", "418.87.00", "10.1"),
    "R535": (
        "| NVIDIA-SMI 535.54.03              Driver Version: 535.54.03    CUDA Version: 12.2     |",
        "535.54.03",
        "12.2",
    ),
    "R580": (
        "| NVIDIA-SMI 580.65.06              Driver Version: 580.65.06      CUDA Version: 13.0     |",
        "580.65.06",
        "13.0",
    ),
    "KMD": (
        "| NVIDIA-SMI 610.57.04       KMD Version: 610.57.04       CUDA UMD Version: 13.3     |",
        "610.57.04",
        "13.3",
    ),
    "WSL2": ("| NVIDIA-SMI 545.36         Driver Version: 546.33       CUDA Version: 12.3     |", "546.33", "12.3"),
    "without its bars": (" NVIDIA-SMI 551.61      Driver Version: 551.61     CUDA Version: 12.4 ", "551.61", "12.4"),
    "cut at the right": (
        "| NVIDIA-SMI 535.54.03              Driver Version: 535.54.03    CUDA Ver",
        "535.54.03",
        None,
    ),
}


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("before", ["", "> ", "    "], ids=["plain", "quoted", "indented"])
def test_every_header_since_2014_names_the_driver(header: str, before: str) -> None:
    line, driver, cuda = HEADERS[header]
    row = "|   0  GeForce GTX 970     Off  | 0000:01:00.0      On |                  N/A |"
    machine = _read(f"{before}{line}\n{before}{row}\n")
    assert machine.driver_version == DottedVersion(driver)
    assert (
        machine.driver_cuda_version == DottedVersion(cuda)
        if cuda
        else not isinstance(machine.driver_cuda_version, DottedVersion)
    )
    assert isinstance(machine.gpus, tuple)
    assert machine.gpus[0].name == "GeForce GTX 970"


def test_a_card_whose_cells_are_errors_is_no_card_and_a_lost_one() -> None:
    row = "|   0  ERR!                ERR! | 00000000:01:00.0 ERR! |                 ERR! |"
    machine = _read(f"{HEADERS['R418'][0]}\n{row}\n")
    assert not isinstance(machine.gpus, tuple)
    assert diagnose(machine).cause == "gpu_lost"
