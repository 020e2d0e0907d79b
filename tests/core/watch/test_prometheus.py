"""The text file for node_exporter."""

import pytest

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.watch.prometheus import metrics_text, write_metrics

SAMPLES = [
    TelemetrySample(at_s=0, gpu=1, utilisation_percent=10.0),
    TelemetrySample(at_s=1, gpu=1, utilisation_percent=97.0, power_w=300.5),
    TelemetrySample(at_s=1, gpu=0, utilisation_percent=0.0),
    TelemetrySample(at_s=1, cpu_percent=12.5),
]


def test_the_newest_row_of_each_gpu_stands_under_one_type_line():
    lines = metrics_text(SAMPLES).splitlines()
    assert lines.count("# TYPE gpuproof_gpu_utilisation_percent gauge") == 1
    assert 'gpuproof_gpu_utilisation_percent{gpu="0"} 0' in lines
    assert 'gpuproof_gpu_utilisation_percent{gpu="1"} 97' in lines
    assert 'gpuproof_gpu_power_watts{gpu="1"} 300.5' in lines
    assert "gpuproof_cpu_percent 12.5" in lines
    assert not any("temperature" in line for line in lines)


def test_nothing_known_is_an_empty_file():
    assert metrics_text([]) == ""


def test_the_file_is_replaced_whole(tmp_path):
    file = tmp_path / "gpu.prom"
    write_metrics(file, SAMPLES)
    write_metrics(file, SAMPLES[:1])
    assert "} 10" in file.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["gpu.prom"]


def test_a_folder_that_is_missing_is_said(tmp_path):
    with pytest.raises(CouldNotFinish) as caught:
        write_metrics(tmp_path / "no" / "gpu.prom", SAMPLES)
    assert "Errno" not in str(caught.value.message)


def test_what_is_no_regular_file_is_not_replaced(tmp_path):
    with pytest.raises(CouldNotFinish):
        write_metrics(tmp_path, SAMPLES)
    assert tmp_path.is_dir()
