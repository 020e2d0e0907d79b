"""The self-contained HTML page: no script, nothing fetched, readable offline, on paper, in light and dark."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

from gpuproof.core.report.export.charts import charts_of
from gpuproof.core.report.export.headings import HEADINGS
from gpuproof.core.report.export.svg import PAGE
from gpuproof.core.report.export.view import view_of
from gpuproof.core.report.export.view_model import Speaker
from gpuproof.core.report.model import Report


def page(report: Report, language: str) -> str:
    """Return the page; every text in it is escaped by the template."""
    from markupsafe import Markup

    say = Speaker(language)
    # The SVG is made of our own shapes and of escaped text only, so it is not escaped a second time.
    charts = [(title, Markup(svg)) for title, svg in charts_of(report.result, say, PAGE)]
    headings = {name: say(words) for name, words in HEADINGS.items()}
    words: str = _template().render(view=view_of(report, language), h=headings, charts=charts)
    return words


@lru_cache(maxsize=1)
def _template() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source), autoescape=_is_page, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("report.html.j2")


def _is_page(name: str | None) -> bool:
    """Everything is escaped but the style sheet, which holds no value of a report."""
    return name != "report.css"


def _source(name: str) -> str:
    return resources.files("gpuproof.assets").joinpath("templates").joinpath(name).read_text(encoding="utf-8")
