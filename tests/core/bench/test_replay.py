"""A recorded session of a real H100, replayed through everything that comes after the children."""

import gzip
import json
from pathlib import Path

import pytest
from helpers.machines import a_machine

from gpuproof.core.bench.assemble import Ending, assemble
from gpuproof.core.bench.collect import Collector
from gpuproof.core.bench.document import bench_document
from gpuproof.core.bench.model import BenchSettings, Block, Preview, Progress, TelemetrySample
from gpuproof.core.bench.proof import prove
from gpuproof.core.launch.model import Finished

SESSION = Path(__file__).parents[2] / "captures" / "sessions" / "h100-quick.jsonl.gz"


@pytest.fixture(scope="module")
def lines():
    with gzip.open(SESSION, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def replayed(lines):
    events = []
    collector = Collector(events.append)
    endings = {}
    for line in lines:
        if line["message"]["type"] == "result" and line["side"] != "watch":
            endings[line["side"]] = Ending(Finished(result=line["message"]))
        collector.take(line["side"], line["message"], line["at_s"])
    return assemble(BenchSettings(preset="quick"), collector, endings), events


def test_the_recorded_figures_come_out_again(replayed):
    result, _ = replayed
    assert result.gpu is not None
    assert result.cpu is not None
    assert result.gpu.name == "NVIDIA H100 80GB HBM3"
    assert result.gpu.variant == "fp16+graph"
    assert result.gpu.frames_per_second == pytest.approx(10028, rel=0.001)
    assert result.speedup is not None
    assert result.speedup.low == pytest.approx(81.2, abs=0.1)
    assert result.speedup.low < result.speedup.ratio < result.speedup.high
    assert result.speedup_same is not None
    assert result.speedup_same.ratio == pytest.approx(29.99, abs=0.01)
    assert result.doubts == ()


def test_the_stages_are_the_three_of_the_product_and_what_surrounds_them(replayed):
    result, _ = replayed
    assert {"face_encoding", "alignment", "reconstruction"} <= set(result.gpu.stages)
    assert set(result.gpu.stages) <= {
        "face_encoding",
        "alignment",
        "reconstruction",
        "compositing",
        "transfer",
        "other",
    }
    assert all(value > 0 for value in result.cpu.stages.values())


def test_every_kind_of_event_reaches_the_listener(replayed):
    _, events = replayed
    assert {type(event) for event in events} == {Progress, Block, TelemetrySample, Preview}


def test_progress_never_goes_back(replayed):
    _, events = replayed
    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert fractions == sorted(fractions)


def test_live_data_stays_under_twenty_lines_a_second(lines):
    per_second = {}
    for line in lines:
        key = (line["side"], int(line["at_s"]))
        per_second[key] = per_second.get(key, 0) + 1
    assert max(count for (side, _), count in per_second.items() if side != "watch") <= 20


def test_the_recorded_session_is_proven(replayed):
    result, _ = replayed
    proof = prove(_healthy(), _no_fault(), result)
    assert proof.verdict == "proven", [str(words) for layer in proof.layers for words in layer.missing]
    assert [layer.name for layer in proof.layers] == ["environment", "placement", "behaviour"]
    assert all(layer.evidence for layer in proof.layers)


def test_the_document_is_json_in_both_languages(replayed):
    result, _ = replayed
    proof = prove(_healthy(), _no_fault(), result)
    for language in ("en", "zh"):
        document = bench_document(result, proof, language)
        json.dumps(document, allow_nan=False)
        assert {"gpu", "cpu", "speedup", "proof", "doubts", "limits", "first_run"} <= set(document)
        assert {"frames_per_second", "low", "high", "stages"} <= set(document["gpu"])
        assert {"ratio", "low", "high"} <= set(document["speedup"])


def _healthy():
    from dataclasses import replace

    from gpuproof.core.facts.machine import KernelCheck, TorchLive

    live = TorchLive(imported=True, is_available=True, kernel_checks=(KernelCheck(device="cuda:0", ok=True),))
    return replace(a_machine(), torch_live=live)


def _no_fault():
    from helpers.benches import a_diagnosis

    return a_diagnosis()
