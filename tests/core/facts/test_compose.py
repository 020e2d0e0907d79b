"""Compose files: the ways to ask for a GPU, the mistakes, and files that are none."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from gpuproof.core.cli.main import main
from gpuproof.core.cli.terminal import Terminal
from gpuproof.core.facts.compose import SNIPPET, read_compose
from gpuproof.core.facts.simple_yaml import read_simple_yaml

GOOD = f"services:\n  app:\n    image: pytorch/pytorch:2.11.0-cuda13.0-cudnn9-runtime\n{SNIPPET}\n"


def kinds(words: str) -> list[str]:
    (service,) = read_compose(words)
    return [kind for kind, _ in service.mistakes]


def test_the_snippet_that_is_shown_asks_for_a_gpu_without_a_mistake() -> None:
    (service,) = read_compose(GOOD)
    assert service.asks_gpu == "deploy.resources.reservations.devices"
    assert service.mistakes == ()


@pytest.mark.parametrize(
    ("line", "how"),
    [("gpus: all", "gpus"), ("runtime: nvidia", "runtime: nvidia"), ("gpus:\n      - driver: nvidia", "gpus")],
)
def test_the_other_ways_to_ask_are_known(line: str, how: str) -> None:
    (service,) = read_compose(f"services:\n  app:\n    image: a:1\n    {line}\n")
    assert service.asks_gpu == how


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("capabilities: [gpu]", "options: {}", "no_capabilities"),
        ("capabilities: [gpu]", "capabilities: [utility]", "not_gpu"),
        ("count: all", "count: 1\n              device_ids: ['0']", "count_and_ids"),
        ("driver: nvidia", "driver: amd", "driver"),
        ("reservations:", "limits:", "limits"),
        ("2.11.0-cuda13.0-cudnn9-runtime", "latest", "latest"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, kind: str) -> None:
    assert old in GOOD
    assert kind in kinds(GOOD.replace(old, new))


@pytest.mark.parametrize(
    "environment", ["- CUDA_VISIBLE_DEVICES=-1", "CUDA_VISIBLE_DEVICES: ''", "NVIDIA_VISIBLE_DEVICES: void"]
)
def test_a_variable_that_hides_every_gpu_is_named(environment: str) -> None:
    assert kinds(GOOD + f"    environment:\n      {environment}\n") == ["hidden"]


def test_capabilities_without_compute_are_named() -> None:
    assert kinds(GOOD + "    environment:\n      - NVIDIA_DRIVER_CAPABILITIES=video\n") == ["capabilities_variable"]


def test_a_gpu_image_that_asks_for_none_is_named_and_a_database_is_not() -> None:
    assert kinds("services:\n  app:\n    image: nvidia/cuda:13.0.0-base\n") == ["no_gpu_asked"]
    assert kinds("services:\n  db:\n    image: postgres:17\n") == []


@pytest.mark.parametrize("words", ["", "a: 1", "services:\n", "services: x\n", "- a\n- b\n", "{", "\0", ": :\n"])
def test_a_file_without_services_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="no services"):
        read_compose(words)


def test_depth_and_size_are_bounded() -> None:
    with pytest.raises(ValueError, match="too deeply"):
        read_simple_yaml("\n".join(" " * number + f"k{number}:" for number in range(200)))
    with pytest.raises(ValueError, match="too large"):
        read_simple_yaml("x" * (1 << 20) + "y")


def test_comments_quotes_and_lists_are_read() -> None:
    document = read_simple_yaml("a: \"x # y\"  # comment\nb:\n- 1\n- c: 2\n  d: [e, 'f']\n")
    assert document == {"a": "x # y", "b": ["1", {"c": "2", "d": ["e", "f"]}]}


def test_the_command_shows_mistakes_and_the_form_that_works(tmp_path: Path) -> None:
    file = tmp_path / "docker-compose.yml"
    file.write_text("services:\n  app:\n    image: nvidia/cuda:13.0.0-base\n")
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert main(["inspect", "--compose", str(file)], terminal) == 1
    assert "capabilities: [gpu]" in terminal.out.getvalue()  # type: ignore[attr-defined]
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    file.write_text(GOOD)
    assert main(["inspect", "--compose", str(file), "--json"], terminal) == 0
    assert json.loads(terminal.out.getvalue())["services"][0]["mistakes"] == []  # type: ignore[attr-defined]


def test_a_compose_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    assert main(["inspect", "--compose", str(tmp_path / "none.yml")], terminal) == 2
