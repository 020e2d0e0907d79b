"""Opening the app: what a machine without a display or without Qt's libraries is told."""

from __future__ import annotations

import io

import pytest

from gpuproof.core.cli.commands import app
from gpuproof.core.cli.terminal import Terminal


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, False, id="nothing"),
        pytest.param({"DISPLAY": ":1"}, True, id="x11"),
        pytest.param({"WAYLAND_DISPLAY": "wayland-0"}, True, id="wayland"),
        pytest.param({"QT_QPA_PLATFORM": "offscreen"}, True, id="offscreen"),
        pytest.param({"QT_QPA_PLATFORM": "xcb"}, False, id="xcb-needs-a-display"),
    ],
)
def test_a_display_is_recognised(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert app.has_display() is expected


def test_missing_libraries_are_answered_with_one_package_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", ":77")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr(app, "_can_load", lambda library: library not in ("libEGL.so.1", "libxcb-cursor.so.0"))
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert app.open_app(terminal) == 3
    assert terminal.err.getvalue().splitlines()[-1] == (  # type: ignore[attr-defined]
        "Debian/Ubuntu: sudo apt-get install libegl1 libxcb-cursor0"
    )
