"""Plans: what changes, what stays, what is warned of."""

import sys
from dataclasses import replace

import pytest
from helpers.setups import interpreter, machine_of, plan_for, recommendation_of, with_broken_torch

from gpuproof.core.facts.machine import Machine, TorchLive
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.setup import plan as plan_module
from gpuproof.core.setup.bench_plan import needed_bytes
from gpuproof.core.setup.document import outcome_document, plan_document, plan_words
from gpuproof.core.setup.model import SetupOutcome
from gpuproof.core.setup.network import Network
from gpuproof.core.setup.plan import plan_existing, plan_new, prefix_of
from gpuproof.core.words import text

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are laid out as on Linux and macOS")


def test_changes_sizes_and_commands_are_said(venv, index, ask_once):
    plan = plan_for(venv, index)
    assert [(change.name, change.before, change.after) for change in plan.changes] == [
        ("torch", "2.12.0+cpu", "2.13.0+cpu"),
        ("helper", None, "1.0"),
    ]
    assert plan.commands[0].endswith(f"install --index-url {index} torch==2.13.0+cpu")
    document = plan_document(plan, "en")
    assert document["download_bytes"] > 0
    assert document["needed_bytes"] == needed_bytes(document["wheels_bytes"])
    assert document["free_bytes"] > 0
    assert f"torch 2.13.0+cpu comes from {index}." in [str(words) for words in plan_words(plan)]


def test_what_is_there_already_is_nothing_to_do(venv, index):
    plan = plan_for(venv, index, torch="2.12.0")
    assert plan.is_nothing_to_do
    assert plan.commands == ()
    assert str(plan_words(plan)[0]).startswith("Nothing to do")


def test_a_torch_that_cannot_be_imported_is_installed_anew_in_its_version(venv, index):
    plan = plan_for(venv, index, torch="2.12.0", machine=with_broken_torch(venv))
    assert [(change.name, change.before, change.after) for change in plan.changes] == [
        ("torch", "2.12.0+cpu", "2.12.0+cpu")
    ]
    assert plan.commands[0].endswith(f"install --index-url {index} --force-reinstall --no-deps torch==2.12.0+cpu")
    assert "cannot be imported; it is installed anew" in str(plan.warnings[0])
    assert plan.needed_bytes > 0


def test_a_torch_that_cannot_be_imported_and_is_to_be_had_nowhere_is_said(venv, index):
    machine = with_broken_torch(venv)
    for file in venv.glob("lib/python3*/site-packages/torch-2.12.0+cpu.dist-info"):
        file.rename(file.with_name("torch-2.99.0+cpu.dist-info"))
        (file.with_name("torch-2.99.0+cpu.dist-info") / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: torch\nVersion: 2.99.0+cpu\n"
        )
    with pytest.raises(CouldNotFinish, match="no source has it to install it anew"):
        plan_for(venv, index, torch="2.99.0", machine=machine)


def test_a_torch_that_is_newer_than_the_broken_one_simply_replaces_it(venv, index, ask_once):
    plan = plan_for(venv, index, machine=with_broken_torch(venv))
    assert plan.changes[0].after == "2.13.0+cpu"
    assert "--force-reinstall" not in plan.commands[0]


def test_a_closed_network_never_brings_an_older_torch(venv, wheels, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(plan_module, "installed_packages", lambda prefix: {"torch": "2.14.0+cpu"})
    plan = plan_for(venv, "http://127.0.0.1:9/whl", torch="2.15.0")
    assert plan.is_nothing_to_do
    assert plan.torch == "2.14.0+cpu"


def test_a_fallback_to_an_older_release_is_warned_of(venv, wheels, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    plan = plan_for(venv, "http://127.0.0.1:9/whl", torch="2.15.0")
    assert plan.torch == "2.13.0+cpu"
    assert "torch 2.15.0 was recommended" in str(plan.warnings[0])


def test_packages_built_against_the_old_torch_are_warned_of(venv, index, monkeypatch, ask_once):
    monkeypatch.setattr(plan_module, "installed_packages", lambda prefix: {"torch": "2.12.0+cpu", "xformers": "0.0.30"})
    assert "xformers 0.0.30 was built for the torch" in str(plan_for(venv, index).warnings[-1])


@pytest.mark.parametrize(("fits", "count"), [(True, 1), (False, 0), (None, 0)])
def test_a_torch_that_fits_already_is_said(venv, index, fits, count, ask_once):
    recommendation = replace(recommendation_of(index), installed_fits=fits)
    plan = plan_existing(interpreter(venv), machine_of(venv), recommendation)
    assert sum("fits this machine already" in str(words) for words in plan.warnings) == count


def test_a_full_disk_is_said_before(venv, index, monkeypatch, ask_once):
    monkeypatch.setattr(plan_module, "free_bytes", lambda folder: 1_000_000)
    with pytest.raises(CouldNotFinish, match="1 MB of free disk space"):
        plan_for(venv, index)


def test_a_disk_without_room_for_a_single_file_is_said(venv, index, monkeypatch):
    def full(**more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    with pytest.raises(CouldNotFinish, match="No space left"):
        plan_for(venv, index)


def test_without_a_choice_there_is_nothing_to_set_up(venv, index):
    nothing = replace(recommendation_of(index), choice=None, because=(text("The card is too old."),))
    with pytest.raises(CouldNotFinish, match="The card is too old"):
        plan_existing(interpreter(venv), machine_of(venv), nothing)


def test_a_mirror_stands_for_the_official_index(venv, index):
    recommendation = recommendation_of("http://127.0.0.1:9/never/asked")
    network = Network(index_url=index, proxy=None)
    plan = plan_existing(interpreter(venv), machine_of(venv), recommendation, network=network)
    assert plan.source.url == index


def test_a_gpu_that_worked_before_is_remembered(venv, index, ask_once):
    machine = replace(machine_of(venv), torch_live=TorchLive(imported=True, is_available=True))
    assert plan_existing(interpreter(venv), machine, recommendation_of(index)).had_gpu is True
    assert plan_for(venv, index).had_gpu is None


def test_a_new_environment_names_both_commands(tmp_path, index, ask_once):
    plan = plan_new(tmp_path / "fresh", recommendation_of(index))
    assert plan.commands[0].endswith(f"-m venv {tmp_path / 'fresh'}")
    assert plan.commands[1].startswith(str(tmp_path / "fresh" / "bin" / "python"))
    assert "numpy" in [change.name for change in plan.changes]


def test_the_folder_of_an_environment_is_what_its_python_says(tmp_path):
    assert prefix_of(machine_of(tmp_path), "/x/bin/python") == tmp_path
    assert str(prefix_of(Machine(), "/x/bin/python")) == "/x"
    assert str(prefix_of(Machine(), "/apps/python_embeded/python.exe")) == "/apps/python_embeded"


def test_an_outcome_is_data_in_both_languages():
    outcome = SetupOutcome(journal="1", problem=text("Cancelled."), was_cancelled=True)
    assert outcome_document(outcome, "zh")["problem"] == "已取消。"
    assert outcome_document(outcome, "en")["ok"] is False
