"""Every export: the golden files, the limits, and that nothing in it runs, links or leaves the page."""

from __future__ import annotations

import csv
import html.parser
import io
import itertools
import json
import re
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.pdf import read_pdf
from helpers.png import read_png
from helpers.reports import NOON, a_broken_diagnosis, a_recommendation_before_the_driver, a_report, a_result

from gpuproof.core.facts.answers_file import read_answers
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.report.export import FORMATS, export
from gpuproof.core.report.model import Report
from gpuproof.core.words import text

CAPTURES = Path(__file__).resolve().parents[3] / "captures"
GOLDEN = Path(__file__).resolve().parents[3] / "data" / "reports" / "golden"
NASTY = "<script>alert(1)</script> ](http://evil.example) `|` @someone =cmd() &amp; \u202egnp"


def a_fixed_report() -> Report:
    """Return a report in which nothing depends on this machine, its key or the version."""
    report = a_report(diagnosis=a_broken_diagnosis(), now=NOON)
    return replace(report, machine_id="machine-0123456789", product_version="0.1.0", tools={})


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", ["html", "md", "txt"])
def test_the_export_is_the_golden_one(form: str, language: str) -> None:
    golden = GOLDEN / f"report.{language}.{form}"
    assert export(a_fixed_report(), form, language).decode() == golden.read_bytes().decode()


@pytest.mark.parametrize("form", ["html", "md", "txt"])
def test_a_gpu_that_waits_for_its_driver_is_not_told_to_take_the_build_for_the_processor(form: str) -> None:
    shown = export(a_report(recommendation=a_recommendation_before_the_driver()), form, "en").decode()
    assert "First the driver, then torch 2.15.0 (cu132)" in shown
    assert "Install torch" not in shown


@pytest.mark.parametrize(
    ("form", "heading"),
    [("html", ">Also good to know<"), ("md", "little shared memory"), ("txt", "none of it is the cause")],
)
def test_what_is_good_to_know_stands_beside_the_findings(form: str, heading: str) -> None:
    answers = read_answers((CAPTURES / "throttled-container.json").read_bytes())
    shown = export(a_report(answers=answers), form, "en").decode()
    assert heading in shown
    assert "/dev/shm holds 64 MiB" in shown
    assert heading not in export(a_fixed_report(), form, "en").decode()


def test_csv_export_is_the_golden_one() -> None:
    """Columns may be added, none may change or go."""
    golden = list(csv.DictReader(io.StringIO((GOLDEN / "report.en.csv").read_bytes().decode())))
    found = list(csv.DictReader(io.StringIO(export(a_fixed_report(), "csv", "zh").decode())))
    assert [{name: row.get(name) for name in golden[0]} for row in found] == golden


def test_json_export_is_the_golden_one() -> None:
    """Fields may be added, none may change or go."""
    missing = _missing(json.loads((GOLDEN / "report.json").read_bytes()), json.loads(export(a_fixed_report(), "json")))
    assert missing == ["$.checksum"] or missing == []


def _missing(golden: Any, found: Any, path: str = "$") -> list[str]:
    if isinstance(golden, dict) and isinstance(found, dict):
        return [place for key in golden for place in _missing(golden[key], found.get(key), f"{path}.{key}")]
    if isinstance(golden, list) and isinstance(found, list) and len(golden) == len(found):
        pairs = enumerate(zip(golden, found, strict=True))
        return [place for index, (a, b) in pairs for place in _missing(a, b, f"{path}[{index}]")]
    return [] if golden == found else [path]


def test_another_format_is_one_clear_line() -> None:
    with pytest.raises(UserProblem, match="docx is not a format"):
        export(a_report(), "docx")


class Page(html.parser.HTMLParser):
    """Collects what an accessibility check looks at."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in tags]


@pytest.fixture(scope="module")
def big_page() -> str:
    """A page of a long run: as large as pages get."""
    result = a_result(telemetry=a_result().telemetry * 50)
    return export(a_report(result=result, diagnosis=a_broken_diagnosis()), "html").decode()


def test_the_page_is_small_and_stands_alone(big_page: str) -> None:
    assert len(big_page.encode()) < 500 * 1024
    page = Page(big_page)
    assert page.of("script", "link", "iframe", "object", "embed", "img", "form", "a") == []
    assert not re.search(r"url\(|@import|javascript:|\son\w+=", big_page)
    assert "default-src 'none'" in str(page.of("meta"))


def test_the_page_can_be_read_by_everybody(big_page: str) -> None:
    page = Page(big_page)
    assert page.of("html")[0]["lang"] == "en"
    assert len(page.of("h1")) == len(page.of("main")) == len(page.of("title")[:1]) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(svg.get("aria-label") and svg.get("role") == "img" for svg in page.of("svg"))
    assert all("scope" in cell for cell in page.of("th"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes["aria-labelledby"] for _, attributes in page.tags if "aria-labelledby" in attributes]
    assert set(named) <= set(ids)


def test_words_in_charts_have_colours_whose_contrast_is_checked(big_page: str) -> None:
    colours = re.findall(r'<text [^>]*style="fill:var\(--(\w+)\)', big_page)
    assert len(colours) > 20
    assert set(colours) <= {"ink", "soft"}


def _contrast(first: str, second: str) -> float:
    def light(colour: str) -> float:
        full = "".join(c * 2 for c in colour) if len(colour) == 3 else colour
        parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_have_enough_contrast_in_light_and_dark(big_page: str) -> None:
    schemes = re.findall(r":root\{(--[^}]*)\}", big_page)
    assert len(schemes) == 3
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+):#([0-9a-f]{3,6})", scheme))
        for name in ("ink", "soft", "good", "doubt", "bad"):
            for ground in ("page", "surface"):
                assert _contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def nasty_report() -> Report:
    report = a_fixed_report()
    result: Any = report.result
    gpu = replace(result.gpu, name=NASTY)
    diagnosis = replace(a_broken_diagnosis(), title=text("{x}", x=NASTY))
    conditions = {**report.conditions, NASTY: NASTY}
    blocks = (replace(result.blocks[0], variant="=1+1"), *result.blocks[1:])
    return replace(
        report, result=replace(result, gpu=gpu, blocks=blocks), diagnosis=diagnosis, conditions=conditions, app=NASTY
    )


def test_words_of_a_stranger_are_words_everywhere() -> None:
    page = export(nasty_report(), "html").decode()
    assert "<script" not in page
    assert Page(page).of("script", "a") == []
    assert "\u202e" not in page
    markdown = export(nasty_report(), "md").decode()
    assert "<script" not in markdown
    assert not re.search(r"(?<!\\)\]\(", markdown)
    assert "@someone" not in markdown
    rows = list(csv.reader(io.StringIO(export(nasty_report(), "csv").decode())))
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_markdown_fits_an_issue_tracker(language: str) -> None:
    findings = tuple(replace(a_broken_diagnosis().findings[0], id=str(number)) for number in range(20))
    diagnosis = replace(a_broken_diagnosis(), findings=findings)
    packages = [{"name": f"nvidia-lib{n}", "version": "1", "installer": "pip"} for n in range(90)]
    report = replace(a_fixed_report(), diagnosis=diagnosis)
    report = replace(report, facts={**report.facts, "packages": packages})
    lines = export(report, "md", language).decode().splitlines()
    assert len(lines) <= 60
    assert "<details>" in "\n".join(lines)
    assert "PyTorch version: 2.11.0+cu130" in lines
    assert "Nvidia driver version: 580.159.04" in lines


def test_facts_of_a_stranger_make_a_block_whatever_they_are() -> None:
    """Facts are JSON of any form; found by fuzzing: two rows of one package, one without an installer."""
    row = {"name": "torch", "version": "2.11.0", "installer": "pip"}
    facts = {"packages": [row, {**row, "installer": None}, {**row, "installer": ["x"]}, 5], "driver_version": "1\n2\n3"}
    facts |= {"python": {"bits": [1], "version": {"a": 1}}, "os": {"glibc": "1\n\n\n2"}, "gpus": [{"name": None}, 1]}
    lines = export(replace(a_fixed_report(), facts=facts), "md").decode().splitlines()
    assert len([line for line in lines if line.startswith("[pip3] torch==2.11.0")]) == 3
    assert "Nvidia driver version: 1 2 3" in lines
    assert len(lines) <= 60


def test_csv_holds_every_raw_block_and_sample() -> None:
    report = a_fixed_report()
    assert report.result is not None
    rows = list(csv.DictReader(io.StringIO(export(report, "csv").decode())))
    blocks = [row for row in rows if row["kind"] == "block"]
    assert len(blocks) == len(report.result.blocks)
    assert len(rows) - len(blocks) == len(report.result.telemetry)
    first = report.result.blocks[0]
    assert float(blocks[0]["duration_s"]) == first.duration_s
    assert float(blocks[0]["stage_alignment_s"]) == dict(first.stages_s)["alignment"]


@pytest.mark.parametrize("changes", [{}, {"result": None, "proof": None}, {"diagnosis": None, "proof": None}])
@pytest.mark.parametrize("form", ["html", "md", "txt", "csv"])
def test_a_report_with_parts_missing_can_be_exported(form: str, changes: dict[str, Any]) -> None:
    assert export(a_report(**changes), form, "zh")


def test_the_formats_are_those_of_the_contract() -> None:
    assert set(FORMATS) == {"json", "html", "md", "txt", "pdf", "png", "csv"}


def drawn(form: str, language: str = "zh") -> bytes:
    """Draw the report; a machine without a Chinese font says so, which has a test of its own."""
    try:
        return export(a_fixed_report(), form, language)
    except CouldNotFinish as problem:
        if "no font" in str(problem):
            pytest.skip("no Chinese font on this machine")
        raise


def are_fonts_the_golden_ones(language: str) -> bool:
    """Tell whether the same Qt draws with the same fonts as when the golden files were made."""
    golden = read_pdf((GOLDEN / f"report.{language}.pdf").read_bytes())
    return read_pdf(drawn("pdf", language)).made_with == golden.made_with


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pdf_is_the_golden_one(language: str) -> None:
    """Byte for byte with the same Qt and fonts; with others the same words and the same shapes."""
    golden, data = (GOLDEN / f"report.{language}.pdf").read_bytes(), drawn("pdf", language)
    expected, found = read_pdf(golden), read_pdf(data)
    assert found.text == expected.text
    assert found.shapes == expected.shapes
    if found.made_with == expected.made_with:
        assert data == golden


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_card_is_the_golden_one(language: str) -> None:
    """Byte for byte with the same Qt and fonts; with others no square of the picture has another colour."""
    golden, data = (GOLDEN / f"report.{language}.png").read_bytes(), drawn("png", language)
    if data == golden:
        return
    expected, found = read_png(golden), read_png(data)
    assert (found.width, found.height, found.channels) == (expected.width, expected.height, expected.channels)
    if are_fonts_the_golden_ones(language):
        assert found.rows == expected.rows
    pairs = zip(found.means(30), expected.means(30), strict=True)
    apart = [max(abs(a - b) for a, b in zip(*pair, strict=True)) for pair in pairs]
    assert max(apart) < 90
    assert sum(apart) / len(apart) < 6


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pdf_says_what_its_layout_says(language: str) -> None:
    """Every word can be found in the file: no ligature, no look-alike of a character."""
    from gpuproof.core.report.export import pages_for_print

    text = read_pdf(drawn("pdf", language)).text
    layout = json.loads(pages_for_print(a_fixed_report(), language))
    said = [layout["verdict"], layout["summary"], layout["made"]]
    for block in layout["blocks"]:
        said += [
            block.get("text", ""),
            *block.get("lines", ()),
            *(cell for row in block.get("rows", ()) for cell in row),
        ]
    missing = [words for words in said if "".join(words.split()) not in text]
    assert missing == []


def test_the_png_card_has_its_size() -> None:
    data = drawn("png")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (1200, 630)


def test_the_pdf_has_vectors_embedded_fonts_and_the_time_of_the_report() -> None:
    data = drawn("pdf")
    assert data.startswith(b"%PDF-")
    assert b"/FontFile" in data
    assert b"/CreationDate (D:20261120120000Z)" in data
    assert set(re.findall(rb'Date="([^"]*)"', data)) == {b"2026-11-20T12:00:00+00:00"}
    assert b"/Subtype /Image" not in data
    assert not [name for name in read_pdf(data).made_with if "CJKjp" in name]


def test_a_time_that_is_none_gives_a_pdf_all_the_same() -> None:
    assert b"/CreationDate (D:20260101000000Z)" in export(replace(a_fixed_report(), made_at="yesterday"), "pdf")
