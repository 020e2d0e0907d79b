"""`gpuproof setup` on the command line: plan, consent, exit codes, one JSON document."""

import io
import json
import os
import sys
from pathlib import Path

import pytest
from helpers.setups import interpreter, make_environment
from helpers.wheels import make_torch, make_wheel, served

from gpuproof.core.cli.commands import setup as command
from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.problems import UserProblem
from gpuproof.core.setup import install
from gpuproof.core.setup.packages import installed_packages
from gpuproof.core.words import text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are laid out as on Linux and macOS")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    make_torch(folder, "2.13.0+cpu")
    make_torch(folder, "2.12.0+cpu")
    make_wheel(folder, "numpy", "2.0")
    return folder


@pytest.fixture
def venv(tmp_path, wheels):
    return make_environment(tmp_path / "venv", wheels, "torch==2.12.0+cpu", "numpy")


@pytest.fixture
def run(tmp_path, wheels, monkeypatch):
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("GPUPROOF_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(install, "find_uv", lambda: None)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with served(wheels, tmp_path / "index") as index:

        def run(*words):
            terminal = Terminal(out=io.StringIO(), err=io.StringIO())
            source = [] if "--undo" in words else ["--index-url", index]
            code = main(["setup", *words, *source], terminal)
            return code, terminal.out.getvalue(), terminal.err.getvalue()

        yield run


def test_a_dry_run_shows_the_plan_and_changes_nothing(run, venv):
    code, out, _ = run("--target", f"python:{interpreter(venv)}", "--torch", "==2.13.0", "--dry-run")
    assert code == 0
    assert "torch: 2.12.0+cpu -> 2.13.0+cpu" in out
    assert "-m pip" in out
    assert installed_packages(venv)["torch"] == "2.12.0+cpu"


def test_without_consent_nothing_is_changed(run, venv):
    code, _, err = run("--target", f"python:{interpreter(venv)}", "--torch", "==2.13.0")
    assert code == 2
    assert "Nothing was changed." in err
    assert "--yes" in err
    assert installed_packages(venv)["torch"] == "2.12.0+cpu"


def test_set_up_and_undo_as_documents(run, venv):
    code, out, err = run("--target", f"python:{interpreter(venv)}", "--torch", "==2.13.0", "--yes", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["result"]["ok"] is True
    assert document["plan"]["changes"][0] == {"name": "torch", "before": "2.12.0+cpu", "after": "2.13.0+cpu"}
    assert "Installing" in err
    code, out, _ = run("--undo", "--json")
    assert code == 0
    assert json.loads(out)["complete"] is True
    assert installed_packages(venv)["torch"] == "2.12.0+cpu"
    assert run("--undo")[0] == 2


def test_a_dry_run_warns_of_programs_that_run_there_and_a_set_up_refuses(run, venv, monkeypatch):
    monkeypatch.setattr("gpuproof.core.setup.refusals.processes_using", lambda prefix: iter([(4321, "comfyui")]))
    words = ("--target", f"python:{interpreter(venv)}", "--torch", "==2.13.0")
    code, out, _ = run(*words, "--dry-run")
    assert code == 0
    assert "comfyui (4321)" in out
    code, out, err = run(*words, "--yes")
    assert (code, out) == (2, "")
    assert "comfyui (4321)" in err


def test_ctrl_c_while_the_sources_are_asked_says_cancelled_and_no_finding(run, venv, monkeypatch):
    def interrupted(*words, cancel, **options):
        cancel.set()
        raise UserProblem(text("No source has a torch for {variant} that fits this Python.", variant="cpu"))

    monkeypatch.setattr("gpuproof.core.setup.plan.choose_source", interrupted)
    code, out, err = run("--target", f"python:{interpreter(venv)}", "--torch", "==2.13.0", "--dry-run")
    assert (code, out) == (3, "")
    assert err.splitlines()[-1] == "Cancelled."
    assert "No source" not in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--target", ""), "is not a target"),
        (("--target", "python:/usr", "--yes"), "belongs to the operating system"),
        (("--target", "wsl:nowhere"), "wsl.exe was not found"),
        (("--new", str(Path(__file__).parent)), "is there already and not empty"),
        (("--proxy", "nonsense"), "is not a URL"),
    ],
)
def test_refusals_have_exit_code_2_and_one_line_each(run, words, message):
    if "python:/usr" in words and not os.path.exists("/usr/bin/python3"):
        pytest.skip("no Python of the system")
    code, out, err = run(*words, "--torch", "==2.13.0")
    assert code == 2
    assert message in err
    assert out == ""
    assert "Traceback" not in err


def test_ctrl_c_cancels_instead_of_tearing_down():
    import signal
    import threading

    cancel = threading.Event()
    with command.cancelled_by_interrupt(cancel):
        signal.raise_signal(signal.SIGINT)
        assert cancel.is_set()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
