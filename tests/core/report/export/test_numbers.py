"""Every number of an export can be recomputed from the JSON report alone.

The JSON is read with the standard library and nothing of the product, and the arithmetic is written out here.
"""

from __future__ import annotations

import html
import json
import math
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers.pdf import read_pdf

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.report.export import export
from gpuproof.core.report.store import load_report

ROOT = Path(__file__).resolve().parents[4]
REPORTS = {"h100": ROOT / "docs/examples/h100.json", "golden": ROOT / "tests/data/reports/golden/report.json"}
NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*(?:e[+-]?\d+)?")
# Numbers of the words around the figures: 95 % interval, real time is 25 frames/s, a clip of 60 s.
OF_THE_WORDS = {"95", "25", "60"}


@cache
def document(name: str) -> dict[str, Any]:
    """Return what a report exports as JSON."""
    found: dict[str, Any] = json.loads(export(load_report(REPORTS[name]), "json"))
    return found


def shown(value: float) -> str:
    """Write a measured number as the exports do: three or four digits that mean something."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def counted(found: dict[str, Any], side: str) -> list[dict[str, Any]]:
    device = found["result"][side]
    return [
        block
        for block in found["result"]["blocks"]
        if (block["device"], block["variant"], block["io"]) == (device["device"], device["variant"], "full")
        and not block["is_warm_up"]
    ]


def speed_of(found: dict[str, Any], side: str) -> float:
    """Return the geometric mean of the counted blocks."""
    return math.exp(statistics.fmean(math.log(b["frames"] / b["duration_s"]) for b in counted(found, side)))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("side", ["gpu", "cpu"])
def test_a_speed_follows_from_its_blocks(name: str, side: str) -> None:
    found = document(name)
    device = found["result"][side]
    assert speed_of(found, side) == pytest.approx(device["frames_per_second"], rel=1e-9)
    assert device["low"] < device["frames_per_second"] < device["high"]


@pytest.mark.parametrize("name", REPORTS)
def test_the_ratio_follows_from_the_two_speeds(name: str) -> None:
    found = document(name)
    assert found["result"]["speedup"]["ratio"] == pytest.approx(speed_of(found, "gpu") / speed_of(found, "cpu"))


def test_further_figures_follow_from_the_speed() -> None:
    extra, speed = document("h100")["result"]["gpu"]["extra"], speed_of(document("h100"), "gpu")
    assert extra["ms_per_frame"] == pytest.approx(1000 / speed)
    assert extra["rtf"] == pytest.approx(speed / 25)
    assert extra["time_60s_clip"] >= 60 * 25 / speed  # and the time for the sound, which stands in no other figure


# The steps of the pipeline by the stage that people are shown; the golden report is made of stages alone.
STAGE_OF = {
    "prepare": "face_encoding",
    "super_resolution": "reconstruction",
    "upload": "transfer",
    "download": "transfer",
}


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("side", ["gpu", "cpu"])
def test_the_stages_follow_from_the_blocks(name: str, side: str) -> None:
    found = document(name)
    blocks = [block for block in counted(found, side) if block["stages_s"]]
    steps = dict.fromkeys(step for block in blocks for step, _ in block["stages_s"])
    assert steps or (name, side) == ("h100", "gpu"), "a replayed graph has no steps to time"
    sums: dict[str, float] = {}
    for step in steps:
        seconds = sum(dict(block["stages_s"])[step] for block in blocks)
        stage = STAGE_OF.get(step, step)
        sums[stage] = sums.get(stage, 0.0) + 1000 * seconds / sum(block["frames"] for block in blocks)
    assert not steps or sums == pytest.approx(found["result"][side]["stages"], rel=1e-6)


@pytest.mark.parametrize("name", REPORTS)
def test_the_charts_draw_the_blocks_and_the_speeds(name: str) -> None:
    found = document(name)
    page = export(load_report(REPORTS[name]), "html", "en").decode()
    charts = re.findall(r"(?s)<svg.*?</svg>", page)
    labels = [set(re.findall(r"<text[^>]*>([^<]*)</text>", chart)) for chart in charts]
    for side in ("gpu", "cpu"):
        device = found["result"][side]
        assert any(shown(speed_of(found, side)) in words for words in labels)
        blocks = [
            b for b in found["result"]["blocks"] if (b["device"], b["variant"]) == (device["device"], device["variant"])
        ]
        drawn = [chart.count("<circle") for chart in charts]
        assert {len(blocks), len([b for b in blocks if b["io"] == "full"])} & set(drawn)


@pytest.mark.parametrize("name", REPORTS)
def test_the_pdf_and_the_card_say_the_same_numbers(name: str) -> None:
    """The PDF is read back; the card is checked by the layout that it is drawn from."""
    from gpuproof.core.report.export.paper import layout_bytes

    report = load_report(REPORTS[name])
    card = json.loads(layout_bytes(report, "png", "en"))
    speeds = [
        document(name)["result"]["speedup"]["ratio"],
        speed_of(document(name), "gpu"),
        speed_of(document(name), "cpu"),
    ]
    assert [figure["value"].rstrip("×") for figure in card["figures"]] == [shown(speed) for speed in speeds]
    try:
        text = read_pdf(export(report, "pdf", "en")).text
    except CouldNotFinish as problem:
        if "no font" not in str(problem):
            raise
        pytest.skip("no font on this machine")
    layout = json.loads(layout_bytes(report, "pdf", "en"))
    for block in layout["blocks"]:
        for row in block.get("rows", ()):
            assert all("".join(cell.split()) in text for cell in row), row
    words = json.dumps([block for block in layout["blocks"] if block["kind"] != "charts"], ensure_ascii=False)
    listed = re.sub(r'"(?:text": ")\d+\. |"shares": \[[^\]]*\]', '"', words.replace("\\", ""))
    unknown = {number for number in NUMBER.findall(listed) if number not in known(name)}
    assert unknown == set()


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield path, str(key)
            yield from leaves(item, (*path, str(key)))
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path)
    else:
        yield path, value


@cache
def known(name: str) -> frozenset[str]:
    """Return every number that a report states: in its words, or as a figure in the form of the exports.

    Raw answers, blocks and telemetry are left out: among so many numbers any number would be found.
    """
    numbers = set(OF_THE_WORDS)
    for path, value in leaves(document(name)):
        if path[:1] == ("answers",) or path[:2] in (("result", "blocks"), ("result", "telemetry")):
            continue
        if isinstance(value, str):
            numbers |= set(NUMBER.findall(value))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            numbers |= {shown(value), str(value), f"{value:g}"}
    for side in ("gpu", "cpu"):
        for tried in document(name)["result"][side]["variants"].values():
            means = [1 / row["mean_s"] for row in tried.get("intervals", {}).values()]
            numbers |= (
                {shown(speed) for speed in (*means, 1 / statistics.fmean(1 / mean for mean in means))}
                if means
                else set()
            )
    return frozenset(numbers)


def spoken(name: str, form: str) -> str:
    """Return the words of an export without its markup, drawings and list numbers."""
    words = export(load_report(REPORTS[name]), form, "en").decode()
    if form == "html":
        words = re.sub(r"(?s)<style.*?</style>|<svg.*?</svg>|<meta[^>]*>", " ", words)
        words = html.unescape(re.sub(r"<[^>]+>", " ", words))
    words = words.replace("\\", "").replace("&#58;", ":")
    return re.sub(r"(?m)^\s*\d+\. ", "", words)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", ["html", "md", "txt"])
def test_every_number_that_is_written_stands_in_the_json(name: str, form: str) -> None:
    unknown = {number for number in NUMBER.findall(spoken(name, form)) if number not in known(name)}
    assert unknown == set()
