"""The drawing child: started as a module, spawned in a packaged app, and clear about its trouble."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from helpers.reports import a_report

from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.report.export import drawing_child, export, paper


def test_a_packaged_app_draws_in_a_spawned_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_child, "is_frozen", lambda: True)
    try:
        data = export(a_report(result=None), "png")
    except CouldNotFinish as problem:
        if "no font" not in str(problem):
            raise
        pytest.skip("no font on this machine")
    assert data.startswith(b"\x89PNG")


def test_a_layout_that_is_none_ends_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for is_frozen in (False, True):
        monkeypatch.setattr(drawing_child, "is_frozen", lambda value=is_frozen: value)
        with pytest.raises(CouldNotFinish, match="was not drawn") as caught:
            paper.draw(b"not a layout", "pdf")
        assert "\n" not in str(caught.value)


def test_a_missing_font_or_a_hang_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "draw_in_child", lambda layout: (4, b"", ""))
    with pytest.raises(CouldNotFinish, match="no font that has its characters"):
        paper.draw(b"{}", "pdf")

    def hangs(*_: Any, **__: Any) -> None:
        raise subprocess.TimeoutExpired("python", 60)

    monkeypatch.undo()
    monkeypatch.setattr(subprocess, "run", hangs)
    with pytest.raises(CouldNotFinish, match="TimeoutExpired"):
        paper.draw(b"{}", "pdf")


def test_the_core_stays_without_qt() -> None:
    code = "import sys; from gpuproof.core.report.export import export, paper; print('PySide6' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=drawing_child._environment()
    )
    assert done.stdout.strip() == "False"
