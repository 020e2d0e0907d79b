"""Names of targets are read, and nothing that could be an option of a program is."""

import os

import pytest

from gpuproof.core.launch.model import Target
from gpuproof.core.launch.targets import interpreter_of, parse_target
from gpuproof.core.problems import UserProblem


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("self", Target("self")),
        (" self ", Target("self")),
        ("python:/opt/py/bin/python", Target("python", "/opt/py/bin/python")),
        ("conda:lipsync", Target("conda", "lipsync")),
        ("docker:heygem-gen-video", Target("docker", "heygem-gen-video")),
        ("ssh:me@gpu-box", Target("ssh", "me@gpu-box")),
        ("wsl:Ubuntu-24.04", Target("wsl", "Ubuntu-24.04")),
    ],
)
def test_every_form_is_read(words, target):
    assert parse_target(words) == target


def test_a_target_is_written_as_it_is_read():
    for words in ("self", "python:/opt/py/bin/python", "ssh:me@gpu-box"):
        assert str(parse_target(words)) == words


def test_a_bare_path_of_something_that_exists_is_a_python(tmp_path):
    file = tmp_path / "python3"
    file.touch()
    assert parse_target(str(file)) == Target("python", str(file))


def test_home_is_expanded(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert parse_target("python:~/env/bin/python") == Target("python", "/home/me/env/bin/python")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "me",
        "python:",
        "ssh:",
        "ssh:-oProxyCommand=touch x",
        "docker:--privileged",
        "ssh:a\nb",
        "podman:x",
        "self:x",
    ],
)
def test_anything_else_is_refused_with_the_forms(words):
    with pytest.raises(UserProblem) as caught:
        parse_target(words)
    assert "is not a target" in str(caught.value.message)
    assert "ssh:HOST" in str(caught.value.hint)


@pytest.mark.parametrize(
    "inside", ["bin/python3", "python.exe", "python_embeded/python.exe", "venv/bin/python", ".venv/Scripts/python.exe"]
)
def test_the_interpreter_inside_a_folder_is_found(tmp_path, inside):
    file = tmp_path / inside
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    assert interpreter_of(str(tmp_path)) == os.path.join(str(tmp_path), *inside.split("/"))
