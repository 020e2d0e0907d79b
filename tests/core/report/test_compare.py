"""Two reports: comparable or not, what changed, and an honest word for each figure."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from helpers.machines import a_machine
from helpers.reports import a_report, a_result

from gpuproof.core.bench.model import BenchSettings, Doubt
from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.facts.version import DottedVersion
from gpuproof.core.report.compare import compare, compare_runs, comparison_document
from gpuproof.core.report.model import Report
from gpuproof.core.report.store import save_report
from gpuproof.core.words import text

CONTRACT = {
    "type": "object",
    "required": ["comparable", "reasons", "changes", "results"],
    "properties": {
        "comparable": {"type": "boolean"},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "changes": {"type": "array", "items": {"required": ["name", "before", "after"]}},
        "results": {
            "type": "array",
            "items": {
                "required": ["metric", "before", "after", "ratio", "low", "high", "verdict"],
                "properties": {"verdict": {"enum": ["faster", "slower", "no_difference", "cannot_tell"]}},
            },
        },
    },
}


def with_result(**changes: Any) -> Report:
    return a_report(result=a_result(**{"doubts": (), **changes}))


def verdicts(before: Report, after: Report) -> dict[str, str]:
    return {result.metric: result.verdict for result in compare(before, after).results}


@pytest.mark.parametrize(
    ("factor", "verdict"), [(1.10, "faster"), (0.90, "slower"), (1.0, "no_difference")], ids=["more", "less", "same"]
)
def test_the_verdict_follows_the_speed(factor: float, verdict: str) -> None:
    found = verdicts(with_result(seed=3), with_result(gpu_fps=6100 * factor, seed=9))
    assert found["gpu.frames_per_second"] == verdict
    assert found["cpu.frames_per_second"] == "no_difference"


def test_a_stage_that_takes_less_time_is_faster() -> None:
    found = verdicts(with_result(seed=3), with_result(gpu_fps=7000, seed=9))
    assert found["gpu.stages.reconstruction"] == "faster"


def test_ratio_is_after_by_before_and_lies_in_its_interval() -> None:
    for result in compare(with_result(seed=3), with_result(gpu_fps=6500, seed=9)).results:
        assert result.ratio == pytest.approx(result.after / result.before)
        assert result.low <= result.ratio <= result.high


def test_a_report_compared_with_itself_shows_no_difference() -> None:
    report = with_result()
    assert set(verdicts(report, report).values()) == {"no_difference"}


def test_a_few_wild_blocks_are_no_difference_that_is_claimed() -> None:
    wild = a_result(doubts=(), seed=9)
    blocks = [replace(b, duration_s=b.duration_s * (1 + (i % 5 == 0) * 3)) for i, b in enumerate(wild.blocks)]
    found = verdicts(with_result(seed=3), a_report(result=replace(wild, blocks=tuple(blocks[:-24]), doubts=())))
    assert found.get("cpu.frames_per_second") in ("cannot_tell", "no_difference")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"settings": BenchSettings(preset="standard")}, "preset"),
        ({"workload_version": "2"}, "version of the workload"),
        ({"doubts": (Doubt(kind="on_battery", words=text("on battery")),)}, "battery"),
    ],
)
def test_what_was_measured_otherwise_is_not_comparable(changes: dict[str, Any], word: str) -> None:
    comparison = compare(with_result(), with_result(gpu_fps=9000, **changes))
    assert not comparison.comparable
    assert word in " ".join(reason.render("en") for reason in comparison.reasons)
    assert {result.verdict for result in comparison.results} == {"cannot_tell"}


@pytest.mark.parametrize("kind", ["unstable", "other_load"])
def test_an_unstable_processor_spoils_its_own_figures_and_the_ratio_alone(kind: str) -> None:
    doubt = Doubt(kind=kind, words=text("the second measurement differs"))
    comparison = compare(with_result(), with_result(gpu_fps=9000, doubts=(doubt,)))
    found = {result.metric: result.verdict for result in comparison.results}
    assert comparison.comparable
    assert len(comparison.reasons) == 1
    assert found["gpu.frames_per_second"] == "faster"
    assert found["cpu.frames_per_second"] == found["speedup"] == "cannot_tell"


def test_a_doubt_spoils_the_side_that_it_names() -> None:
    doubt = Doubt(kind="unstable", words=text("the second measurement differs"), side="gpu")
    comparison = compare(with_result(), with_result(gpu_fps=9000, seed=4, doubts=(doubt,)))
    found = {result.metric: result.verdict for result in comparison.results}
    assert found["cpu.frames_per_second"] == "no_difference"
    assert found["gpu.frames_per_second"] == found["speedup"] == "cannot_tell"


def test_without_a_gpu_an_unstable_processor_leaves_nothing_to_compare() -> None:
    doubt = Doubt(kind="unstable", words=text("the second measurement differs"))
    alone = {"gpu": None, "speedup": None}
    comparison = compare(with_result(**alone), with_result(**alone, doubts=(doubt,)))
    assert not comparison.comparable
    assert {result.verdict for result in comparison.results} == {"cannot_tell"}


def test_before_and_after_are_the_figures_of_the_reports() -> None:
    from gpuproof.core.agent.workload.intervals import interval

    blocks = a_result().blocks
    times = [b.duration_s / b.frames for b in blocks if b.device == "cuda:0" and not b.is_warm_up]
    (first, *_) = compare(with_result(), with_result(seed=1)).results
    assert first.metric == "gpu.frames_per_second"
    assert first.before == pytest.approx(1 / interval(times).mean_s, rel=1e-12)


def test_another_card_spoils_only_the_figures_of_the_gpu() -> None:
    result = a_result(doubts=(), gpu_fps=9000)
    assert result.gpu is not None
    other = a_report(result=replace(result, gpu=replace(result.gpu, name="NVIDIA B200")))
    comparison = compare(with_result(), other)
    assert not comparison.comparable
    found = {result.metric: result.verdict for result in comparison.results}
    assert found["gpu.frames_per_second"] == "cannot_tell"
    assert found["speedup"] == "cannot_tell"
    assert found["cpu.frames_per_second"] == "no_difference"


def test_a_report_without_a_benchmark_is_not_comparable() -> None:
    comparison = compare(with_result(), a_report(result=None, proof=None))
    assert not comparison.comparable
    assert comparison.results == ()


def test_changes_name_driver_and_torch() -> None:
    machine = a_machine(driver_version=DottedVersion("591.44"))
    changes = compare(with_result(), a_report(machine=machine, result=a_result(doubts=()))).changes
    assert [(change.name, change.before, change.after) for change in changes] == [
        ("driver_version", "580.159.04", "591.44")
    ]


def test_the_clock_under_load_counts_as_a_condition() -> None:
    slow = a_result(doubts=())
    samples = tuple(replace(s, sm_clock_mhz=s.sm_clock_mhz and s.sm_clock_mhz / 2) for s in slow.telemetry)
    changes = compare(with_result(), a_report(result=replace(slow, telemetry=samples))).changes
    assert "clock_under_load_mhz" in {change.name for change in changes}


def test_a_baseline_that_varies_makes_the_comparison_careful() -> None:
    after = with_result(gpu_fps=6500, seed=20)
    steady = compare_runs([with_result(gpu_fps=fps, seed=int(fps)) for fps in (6090, 6100, 6110, 6105)], after)
    varied = compare_runs([with_result(gpu_fps=fps, seed=int(fps)) for fps in (5500, 6100, 6700, 6000)], after)
    assert steady.results[0].verdict == "faster"
    assert varied.results[0].verdict == "cannot_tell"


def test_the_terminal_keeps_the_contract(tmp_path: Path) -> None:
    paths = [
        str(save_report(with_result(gpu_fps=fps, seed=int(fps)), tmp_path, privacy="share")) for fps in (6100, 5000)
    ]
    out = io.StringIO()
    code = main(["compare", *paths, "--json"], Terminal(out=out, err=io.StringIO()))
    document = json.loads(out.getvalue())
    jsonschema.validate(document, CONTRACT)
    assert code == 1
    assert document["comparable"] is True
    assert {row["metric"]: row["verdict"] for row in document["results"]}["gpu.frames_per_second"] == "slower"
    assert document == comparison_document(compare(*map(_load, paths)), "en")


def _load(path: str) -> Report:
    from gpuproof.core.report.store import load_report

    return load_report(path)


def test_people_read_it_in_both_languages(tmp_path: Path) -> None:
    paths = [str(save_report(with_result(seed=seed), tmp_path)) for seed in (1, 5)]
    english, chinese = io.StringIO(), io.StringIO()
    assert main(["compare", *paths], Terminal(out=english, err=io.StringIO())) == 0
    assert main(["compare", *paths, "--lang", "zh"], Terminal(out=chinese, err=io.StringIO())) == 0
    assert "no difference" in english.getvalue()
    assert "无差别" in chinese.getvalue()
