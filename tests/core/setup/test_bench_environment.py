"""gpuproof's own environment: planned, made, verified, never used half-finished."""

import os
import subprocess
import sys
import threading

import pytest
from helpers.environments import add_torch, make_venv
from helpers.wheels import make_torch, make_wheel, served

from gpuproof.core.launch.discover import PythonEnvironment
from gpuproof.core.launch.environment_files import InstalledTorch
from gpuproof.core.launch.model import Target
from gpuproof.core.launch.process_tree import own_start
from gpuproof.core.problems import CouldNotFinish
from gpuproof.core.recommend.model import Choice, Commands, DriverAdvice, Recommendation
from gpuproof.core.setup import bench_environment, bench_plan, install, tools
from gpuproof.core.setup.bench_environment import create, find_bench_python, own_environment, plan_bench_environment

COMMANDS = Commands(pip="", uv="", conda="", poetry="", requirements="")


def recommendation(index_url, torch="2.13.0", variant="cpu"):
    choice = Choice(torch=torch, variant=variant, index_url=index_url, python_ok=True, commands=COMMANDS)
    return Recommendation(choice=choice, driver=DriverAdvice(action="none"), because=())


def test_a_plan_says_source_size_room_and_commands_and_installs_nothing(index, tmp_path):
    plan = plan_bench_environment(recommendation(index))
    words = [str(line) for line in plan.words()]
    assert f"torch 2.13.0+cpu comes from {index}." in words
    assert any("Download:" in line and "Free disk space:" in line for line in words)
    assert words[-1].endswith(f"-m pip install --index-url {index} torch==2.13.0+cpu numpy")
    assert not (tmp_path / "data").exists()


def test_a_full_disk_is_said_before_anything_is_done(index, monkeypatch, ask_once):
    monkeypatch.setattr(bench_plan, "free_bytes", lambda folder: 1_000_000)
    with pytest.raises(CouldNotFinish, match="1 MB of free disk space"):
        plan_bench_environment(recommendation(index))


def test_the_environment_is_made_and_verified(index, light_venv):
    lines = []
    target = create(plan_bench_environment(recommendation(index)), on_line=lines.append)
    assert own_environment() == target
    assert "torch 2.13.0+cpu computes here" in lines
    version = subprocess.run(
        [target.name, "-c", "import torch; print(torch.__version__)"], capture_output=True, check=True
    )
    assert version.stdout.decode().strip() == "2.13.0+cpu"


@pytest.mark.skipif(tools.find_uv() is None, reason="no uv on this machine")
def test_uv_does_the_work_where_it_is_present(index, light_venv, monkeypatch, ask_once):
    monkeypatch.setattr(install, "find_uv", tools.find_uv)
    lines = []
    create(plan_bench_environment(recommendation(index)), on_line=lines.append)
    assert any(line.startswith("$") and "uv pip install --python" in line for line in lines)
    assert own_environment() is not None


def test_pip_takes_over_where_uv_finds_no_solution(index, light_venv, monkeypatch, ask_once):
    monkeypatch.setattr(install, "find_uv", lambda: "false")
    lines = []
    create(plan_bench_environment(recommendation(index)), on_line=lines.append)
    assert "uv could not do it; trying pip" in lines
    assert own_environment() is not None


def test_a_second_one_replaces_the_first(index, light_venv, ask_once):
    plan = plan_bench_environment(recommendation(index))
    create(plan)
    (plan.folder / "old").touch()
    create(plan)
    assert not (plan.folder / "old").exists()


@pytest.mark.parametrize("fault", ["wrong-result", "no-wheel"])
def test_a_failure_leaves_nothing_behind(tmp_path, light_venv, fault):
    make_wheel(tmp_path / "w", "numpy", "2.0")
    make_torch(tmp_path / "w", "2.13.0+cpu", one="2")
    with served(tmp_path / "w", tmp_path / "i") as url:
        plan = plan_bench_environment(recommendation(url))
        if fault == "no-wheel":
            for wheel in (tmp_path / "i").rglob("torch-*.whl"):
                wheel.unlink()
        with pytest.raises(CouldNotFinish, match="wrong product" if fault == "wrong-result" else "ERROR"):
            create(plan)
    assert not plan.folder.exists()
    assert own_environment() is None


def test_a_cancel_leaves_nothing_behind(index, light_venv, ask_once):
    plan, cancel = plan_bench_environment(recommendation(index)), threading.Event()
    cancel.set()
    with pytest.raises(CouldNotFinish, match="Cancelled"):
        create(plan, cancel=cancel)
    assert not plan.folder.exists()


def test_a_folder_that_cannot_be_made_is_said(index, tmp_path, ask_once):
    plan = plan_bench_environment(recommendation(index))
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(CouldNotFinish, match="could not be made"):
        create(plan)


def test_an_unfinished_environment_is_not_used():
    folder = bench_plan.bench_folder()
    add_torch(make_venv(folder), "2.13.0+cpu")
    assert own_environment() == Target("python", str(folder / "bin" / "python"))
    (folder / "gpuproof-unfinished").touch()
    assert own_environment() is None


def test_two_at_once_do_not_tear_down_each_others_work(index, ask_once):
    plan = plan_bench_environment(recommendation(index))
    plan.folder.mkdir(parents=True)
    mark = plan.folder / "gpuproof-unfinished"
    mark.write_text(f"{os.getpid()} {own_start()}")
    with pytest.raises(CouldNotFinish, match="Another gpuproof is making"):
        create(plan)
    assert mark.exists()


def test_what_an_interrupted_one_left_is_made_anew(index, light_venv, ask_once):
    plan = plan_bench_environment(recommendation(index))
    plan.folder.mkdir(parents=True)
    (plan.folder / "gpuproof-unfinished").write_text(f"{os.getpid()} 1.0")  # the id belongs to another process now
    create(plan)
    assert own_environment() is not None


def environment(name, cuda="", *, kind="venv", version="3.11.7", torch=True, trust="trusted"):
    return PythonEnvironment(
        target=Target("self") if kind == "self" else Target("python", name),
        interpreter=name,
        prefix=name,
        kind=kind,
        version=version,
        torch=InstalledTorch(version="2.13.0", cuda=cuda) if torch else None,
        trust=trust,
    )


@pytest.mark.parametrize(
    ("found", "has_gpu", "expected"),
    [
        pytest.param([environment("s", kind="self"), environment("a")], False, "self", id="this-one-first"),
        pytest.param([environment("s", kind="self", torch=False), environment("a")], False, "python:a", id="another"),
        pytest.param([environment("a"), environment("b", "13.0")], True, "python:b", id="cuda-first-with-a-gpu"),
        pytest.param([environment("a"), environment("b", "13.0")], False, "python:a", id="order-as-found-without"),
        pytest.param([environment("a", trust="downloaded")], False, None, id="a-download-never-runs-unasked"),
        pytest.param([environment("a", trust="world_writable")], False, None, id="nor-what-others-may-write"),
        pytest.param([environment("s", kind="self", trust="world_writable")], False, "self", id="this-one-runs"),
        pytest.param([environment("a", version="3.7.16")], False, None, id="too-old-for-the-agent"),
        pytest.param([environment("a", version="3.8.0")], False, "python:a", id="just-old-enough"),
        pytest.param([environment("a", version="")], False, None, id="version-unknown"),
        pytest.param([environment("a", torch=False)], False, None, id="no-torch-anywhere"),
    ],
)  # fmt: skip
def test_the_environment_to_measure_in(monkeypatch, found, has_gpu, expected):
    monkeypatch.setattr(bench_environment, "find_environments", lambda: tuple(found))
    monkeypatch.setattr(bench_environment, "has_nvidia_gpu", lambda: has_gpu)
    target = find_bench_python()
    assert (None if target is None else str(target)) == expected


def test_the_base_is_this_python():
    assert bench_plan.base_interpreter() == sys.executable
