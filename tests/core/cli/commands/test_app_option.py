"""An application that nobody knows is refused before anything is inspected or measured."""

import pytest

from gpuproof.core.cli.main import main


@pytest.mark.parametrize("command", ["check", "diagnose", "recommend"])
def test_an_unknown_application_is_refused_at_once(command, capsys, monkeypatch):
    def inspected(*_, **__):
        raise AssertionError("inspected before the application was looked up")

    monkeypatch.setattr("gpuproof.core.launch.inspect.inspect_target", inspected)
    assert main([command, "--app", "photoshop"]) == 2
    said = capsys.readouterr().err
    assert "photoshop" in said
    assert "heygem" in said
