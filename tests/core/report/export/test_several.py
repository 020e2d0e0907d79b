"""Several GPUs in every written export, and back from the file."""

import json

import pytest
from helpers.benches import a_result
from helpers.reports import a_report

from gpuproof.core.bench.model import CardResult, PairResult, Rate, SeveralGpus
from gpuproof.core.report.export import export
from gpuproof.core.report.store import load_report

RATE = Rate(frames_per_second=1234.0, low=1200.0, high=1260.0)
CARDS = tuple(
    CardResult(device=f"cuda:{index}", name="NVIDIA Test", driver_index=index, alone={"full": RATE}, together={})
    for index in range(2)
)
PAIR = PairResult(source="cuda:0", target="cuda:1", direct=True, gbs=321.5, is_right=True)
SEVERAL = SeveralGpus(cards=CARDS, pairs=(PAIR,), left_out=(("cuda:1", "cuda:0"),))


@pytest.mark.parametrize("kind", ["html", "md", "txt"])
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Direct copies between GPUs: 321.5"), ("zh", "显卡之间直接复制")]
)
def test_every_written_export_tells_of_them(kind, language, words):
    written = export(a_report(result=a_result(several=SEVERAL)), kind, language).decode("utf-8")
    assert words in written
    assert "1,234" in written


def test_one_gpu_has_no_such_part():
    assert b"Several GPUs" not in export(a_report(), "html", "en")


def test_the_file_keeps_them(tmp_path):
    data = export(a_report(result=a_result(several=SEVERAL)), "json", "en")
    assert json.loads(data)
    path = tmp_path / "report.json"
    path.write_bytes(data)
    assert load_report(path).result.several == SEVERAL
