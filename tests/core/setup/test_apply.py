"""Set-up for real with pip and small wheels: success, failure, cancel, kill at three points, undo."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.setups import plan_for, recommendation_of, state_of, with_broken_torch
from helpers.wheels import make_torch, make_wheel, served

from gpuproof.core.facts.unknown import Unknown
from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.setup import apply as apply_module
from gpuproof.core.setup import journal as journals
from gpuproof.core.setup import snapshot as snapshots
from gpuproof.core.setup.apply import apply_plan
from gpuproof.core.setup.model import SetupLine, SetupStage
from gpuproof.core.setup.packages import installed_packages
from gpuproof.core.setup.plan import plan_new
from gpuproof.core.setup.undo import forget, last_undoable, undo, unfinished
from gpuproof.core.setup.verify import Verification
from gpuproof.core.setup.watching import InstallProgress
from gpuproof.core.words import text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are laid out as on Linux and macOS")
REPOSITORY = Path(__file__).resolve().parents[3]


def traces(prefix):
    return [entry.name for entry in prefix.iterdir() if entry.name.startswith(".gpuproof")]


def test_the_recommended_torch_is_installed_and_verified(venv, index):
    events = []
    outcome = apply_plan(plan_for(venv, index), on_event=events.append)
    assert outcome.is_ok
    assert [str(words) for words in outcome.verified] == ["torch 2.13.0+cpu can be imported and computes."]
    assert installed_packages(venv) | {"torch": "2.13.0+cpu", "helper": "1.0"} == installed_packages(venv)
    stages = [event.stage for event in events if isinstance(event, SetupStage)]
    assert stages == ["record", "install", "verify"]
    assert any(isinstance(event, SetupLine) and event.line.startswith("$ ") for event in events)
    assert any(isinstance(event, InstallProgress) for event in events)
    assert unfinished() is None


def test_a_broken_torch_of_the_same_version_is_installed_anew(venv, index):
    part = next(venv.glob("lib/python3*/site-packages/torch/__init__.py"))
    whole = part.read_bytes()
    part.write_text("import a_part_that_got_lost\n")
    before, kept = state_of(venv), installed_packages(venv)
    outcome = apply_plan(plan_for(venv, index, torch="2.12.0", machine=with_broken_torch(venv)))
    assert outcome.is_ok, outcome.problem
    assert part.read_bytes() == whole
    assert installed_packages(venv) == kept
    assert undo(last_undoable()).is_complete
    assert state_of(venv) == before


def test_undo_puts_back_exactly_what_was_there(venv, index):
    before, packages = state_of(venv), installed_packages(venv)
    apply_plan(plan_for(venv, index))
    assert undo(last_undoable()).is_complete
    assert state_of(venv) == before
    assert installed_packages(venv) == packages
    assert traces(venv) == []


def test_undo_works_once(venv, index, ask_once):
    apply_plan(plan_for(venv, index))
    undo(last_undoable())
    with pytest.raises(UserProblem, match="no set-up to undo"):
        last_undoable()


def test_kept_files_are_named_when_they_are_large_and_may_be_given_up(venv, index, monkeypatch, ask_once):
    monkeypatch.setattr(apply_module, "_WORTH_A_WORD_BYTES", 1)
    outcome = apply_plan(plan_for(venv, index))
    assert any("setup --forget" in str(words) for words in outcome.notices)
    assert forget() > 0
    assert traces(venv) == []
    with pytest.raises(UserProblem, match="no set-up to undo"):
        last_undoable()
    assert installed_packages(venv)["torch"] == "2.13.0+cpu"


def test_small_kept_files_are_not_worth_a_word(venv, index, ask_once):
    assert apply_plan(plan_for(venv, index)).notices == ()


def test_undo_says_what_it_could_not_restore(venv, index, ask_once):
    apply_plan(plan_for(venv, index))
    site = venv / "lib" / "python3.11" / "site-packages"
    (site / "helper" / "__init__.py").write_text("__version__ = 'by hand'\n")
    restored = undo(last_undoable())
    assert not restored.is_complete
    assert any("helper/__init__.py" in str(words) for words in restored.not_restored)
    assert installed_packages(venv)["torch"] == "2.12.0+cpu"


def test_a_second_set_up_forgets_the_files_of_the_first(venv, index):
    apply_plan(plan_for(venv, index))
    apply_plan(plan_for(venv, index, torch="2.12.0"))
    assert len(traces(venv)) == 1
    undo(last_undoable())
    assert installed_packages(venv)["torch"] == "2.13.0+cpu"


def test_a_failed_installation_changes_nothing(venv, tmp_path):
    make_torch(tmp_path / "w", "2.13.0+cpu")
    before = state_of(venv)
    with served(tmp_path / "w", tmp_path / "i") as url:
        plan = plan_for(venv, url)
        for wheel in (tmp_path / "i").rglob("torch-*.whl"):
            wheel.unlink()  # the network is lost between plan and installation
        outcome = apply_plan(plan)
    assert not outcome.is_ok
    assert "The installation failed" in str(outcome.problem)
    assert outcome.restored.is_complete
    assert state_of(venv) == before
    assert traces(venv) == []
    assert unfinished() is None


def test_a_connection_lost_within_a_wheel_changes_nothing(venv, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_RESUME_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    make_torch(tmp_path / "w", "2.13.0+cpu", fill=50)
    before, cut = state_of(venv), threading.Event()
    with served(tmp_path / "w", tmp_path / "i", cut) as url:
        plan = plan_for(venv, url)
        cut.set()
        outcome = apply_plan(plan)
    assert "The installation failed" in str(outcome.problem)
    assert outcome.restored.is_complete
    assert state_of(venv) == before


def test_a_torch_that_does_not_compute_is_taken_out_again(venv, tmp_path):
    make_torch(tmp_path / "w", "2.13.0+cpu", one="2")
    before = state_of(venv)
    with served(tmp_path / "w", tmp_path / "i") as url:
        outcome = apply_plan(plan_for(venv, url))
    assert "wrong product" in str(outcome.problem)
    assert state_of(venv) == before


def test_a_cancel_puts_everything_back(venv, index, ask_once):
    before, cancel = state_of(venv), threading.Event()

    def cancel_at_install(event):
        if isinstance(event, SetupLine) and "Installing collected" in event.line:
            cancel.set()

    outcome = apply_plan(plan_for(venv, index), on_event=cancel_at_install, cancel=cancel)
    assert outcome.was_cancelled
    assert str(outcome.problem) == "Cancelled."
    assert state_of(venv) == before
    assert traces(venv) == []


def test_a_full_disk_while_recording_changes_nothing(venv, index, monkeypatch, ask_once):
    plan, before = plan_for(venv, index), state_of(venv)

    def full(*arguments, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(apply_module.snapshots, "take", full)
    outcome = apply_plan(plan)
    assert "No space left on device" in str(outcome.problem)
    assert state_of(venv) == before
    assert unfinished() is None


def test_a_full_disk_for_the_record_itself_is_said_before_anything(venv, index, monkeypatch, ask_once):
    plan = plan_for(venv, index)

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journals, "_write", full)
    with pytest.raises(CouldNotFinish, match="could not be written"):
        apply_plan(plan)


def test_a_disk_that_fills_during_the_installation_is_put_back(venv, tmp_path, index, monkeypatch, ask_once):
    plan, before = plan_for(venv, index), state_of(venv)
    real = apply_module.install

    def full_after(*arguments, **more):
        real(*arguments, **more)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(apply_module, "install", full_after)
    assert "No space left" in str(apply_plan(plan).problem)
    assert state_of(venv) == before


def test_a_new_environment_is_made_and_undone(tmp_path, index, light_venv):
    folder = tmp_path / "fresh"
    plan = plan_new(folder, recommendation_of(index))
    assert plan.changes[0].name == "torch"
    assert not folder.exists()
    assert apply_plan(plan).is_ok
    assert installed_packages(folder)["torch"] == "2.13.0+cpu"
    assert undo(last_undoable()).is_complete
    assert not folder.exists()


def test_a_cuda_build_comes_with_its_libraries_and_says_when_no_gpu_is_seen(tmp_path, light_venv):
    make_torch(tmp_path / "w", "2.13.0+cu126", requires=("nvidia-cublas-cu12",))
    for name in ("nvidia-cublas-cu12", "numpy"):
        make_wheel(tmp_path / "w", name, "12.6")
    with served(tmp_path / "w", tmp_path / "i") as url:
        plan = plan_new(tmp_path / "fresh", recommendation_of(url, variant="cu126"))
        outcome = apply_plan(plan)
    assert "nvidia-cublas-cu12" in [change.name for change in plan.changes]
    assert outcome.is_ok
    assert "does not see a GPU yet" in str(outcome.notices[0])


def test_a_folder_that_set_up_did_not_make_is_never_removed(tmp_path, index, light_venv):
    folder = tmp_path / "fresh"
    apply_plan(plan_new(folder, recommendation_of(index)))
    (folder / ".gpuproof-setup").unlink()
    restored = undo(last_undoable())
    assert "it stays" in str(restored.not_restored[0])
    assert folder.exists()


def test_a_constraints_file_is_written_on_request(venv, index, tmp_path, ask_once):
    file = tmp_path / "keep.txt"
    outcome = apply_plan(replace(plan_for(venv, index), constraints_file=file))
    assert file.read_text().splitlines()[1:] == ["torch==2.13.0+cpu"]
    assert any("pip install -c" in str(words) for words in outcome.notices)


def test_a_problem_of_verification_is_the_problem(venv, index, monkeypatch, ask_once):
    monkeypatch.setattr(
        apply_module, "verify", lambda *arguments: Verification(problem=text("torch is {x}", x="wrong"))
    )
    before = state_of(venv)
    assert str(apply_plan(plan_for(venv, index)).problem) == "torch is wrong"
    assert state_of(venv) == before


KILLED = """
import sys, time, pathlib
from gpuproof.core.setup import install, snapshot
from gpuproof.core.setup.apply import apply_plan
from gpuproof.core.setup.model import SetupLine, SetupStage
from helpers.setups import plan_for
prefix, index, point, ready = sys.argv[1:]
install.find_uv = lambda: None
plan = plan_for(pathlib.Path(prefix), index)
def stall():
    pathlib.Path(ready).touch()
    time.sleep(60)
def on_event(event):
    if point == "install" and isinstance(event, SetupLine) and event.line.startswith("Installing collected"):
        stall()
    if point == "verify" and event == SetupStage("verify"):
        stall()
if point == "record":
    real, count = snapshot._keep, []
    def keep(file, kept):
        count.append(1)
        if len(count) > 5:
            stall()
        real(file, kept)
    snapshot._keep = keep
apply_plan(plan, on_event=on_event)
"""


@pytest.fixture(scope="session")
def large_index(tmp_path_factory):
    """A torch of many files, so that a kill comes in the middle of them."""
    folder = tmp_path_factory.mktemp("large")
    make_torch(folder, "2.13.0+cpu", requires=("helper>=1",), fill=1500)
    make_wheel(folder, "helper", "1.0")
    with served(folder, tmp_path_factory.mktemp("large-index")) as url:
        yield url


@pytest.mark.parametrize("point", ["record", "install", "verify"])
def test_a_kill_is_recognised_and_undone(venv, large_index, tmp_path, point):
    before, ready = state_of(venv), tmp_path / "ready"
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}"}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(venv), large_index, point, str(ready)], env=environment
    )
    until = time.monotonic() + 30
    while not ready.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    try:
        assert ready.exists()
        with pytest.raises(UserProblem, match="Another set-up is at work"):
            plan_for(venv, large_index)
    finally:
        process.kill()
        process.wait()

    left = unfinished()
    assert left is not None
    assert left.prefix == str(venv)
    with pytest.raises(UserProblem, match="was interrupted") as caught:
        plan_for(venv, large_index)
    assert "setup --undo" in str(caught.value.hint)
    assert undo(last_undoable()).is_complete
    assert state_of(venv) == before
    assert traces(venv) == []
    assert unfinished() is None


def interrupted(venv, index):
    """Leave a set-up as a program leaves it that was killed while it installed."""
    journal = journals.begin(plan_for(venv, index), installed_packages(venv))
    snapshots.take(venv, journal.id)
    return journals.move_on(replace(journal, process=0), "installing")


def test_an_environment_that_was_removed_meanwhile_is_no_obstacle(venv, index, ask_once):
    interrupted(venv, index)
    shutil.rmtree(venv)
    assert undo(last_undoable()).is_complete
    assert unfinished() is None


def test_kept_files_that_are_gone_are_said_once(venv, index, ask_once):
    journal = interrupted(venv, index)
    shutil.rmtree(journal.backup)
    assert "The kept files are gone" in str(undo(last_undoable()).not_restored[0])
    assert unfinished() is None


def test_a_damaged_record_is_passed_over(venv, index, ask_once):
    journals.folder().mkdir(parents=True)
    (journals.folder() / "x.json").write_text("{")
    (journals.folder() / "y.json").write_text(json.dumps({"version": 99}))
    assert journals.journals() == ()
    assert apply_plan(plan_for(venv, index)).is_ok


def test_verification_knows_a_machine_that_could_not_be_asked(venv, index, ask_once):
    from gpuproof.core.facts.machine import Machine
    from gpuproof.core.setup.verify import judge

    assert isinstance(Machine().torch, Unknown)
    assert "torch is not asked" in str(judge(plan_for(venv, index), Machine()).problem)
