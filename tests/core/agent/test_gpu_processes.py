"""Names of the programs on a GPU: given where they are certain, never guessed across process namespaces."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from gpuproof.core.agent.collector.redact import Redaction
from gpuproof.core.agent.gpu_processes import FIRST_NAMESPACE, name_processes
from gpuproof.core.agent.place import Place

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no process folders on Windows")


def snapshot(*pids: int) -> dict[str, Any]:
    entries = [{"pid": pid, "usedGpuMemory": 1 << 30} for pid in pids]
    return {"gpus": [{"processes_compute": {"v": entries}, "processes_graphics": {"v": entries[:1]}}]}


def a_process(root: Path, pid: int, name: str, opened: str = "") -> None:
    folder = root / "proc" / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text(name + "\n")
    if opened:
        (folder / "fd" / "5").symlink_to(opened)


def a_place(root: Path, namespace: str) -> Place:
    (root / "proc" / "self" / "ns").mkdir(parents=True, exist_ok=True)
    (root / "proc" / "self" / "ns" / "pid").symlink_to(namespace)
    return Place(root=str(root))


def test_ones_own_process_is_named_with_its_memory_once(tmp_path: Path) -> None:
    a_process(tmp_path, 77, "python3")
    reply = name_processes(a_place(tmp_path, FIRST_NAMESPACE), snapshot(77))
    assert reply.value == {
        "processes": [{"gpu": 0, "pid": 77, "memory_bytes": 1 << 30, "own_name": "python3", "own": True}]
    }


def test_somebody_elses_process_stands_under_a_name_that_is_masked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_process(tmp_path, 77, "secretproject")
    monkeypatch.setattr(os, "getuid", lambda: os.stat(tmp_path).st_uid + 1)
    reply = name_processes(a_place(tmp_path, FIRST_NAMESPACE), snapshot(77))
    (row,) = reply.value["processes"]
    assert (row["name"], row["own"]) == ("secretproject", False)
    answer = {"question": "gpu.processes", "status": "ok", "value": reply.value}
    assert "secretproject" not in str(Redaction().redact(answer))


def test_inside_a_container_a_number_that_belongs_to_something_else_gets_no_name(tmp_path: Path) -> None:
    a_process(tmp_path, 77, "postgres")
    a_process(tmp_path, 78, "python3", "/dev/nvidia0")
    reply = name_processes(a_place(tmp_path, "pid:[4026532999]"), snapshot(77, 78))
    first, second = reply.value["processes"]
    assert "own_name" not in first
    assert second["own_name"] == "python3"


def test_a_process_that_has_ended_has_its_number_alone(tmp_path: Path) -> None:
    reply = name_processes(a_place(tmp_path, FIRST_NAMESPACE), snapshot(99))
    assert reply.value["processes"] == [{"gpu": 0, "pid": 99, "memory_bytes": 1 << 30}]


def test_a_driver_without_gpus_is_absent(tmp_path: Path) -> None:
    assert name_processes(Place(root=str(tmp_path)), {"gpus": []}).status == "absent"


def test_a_refused_folder_and_a_value_of_another_shape_cost_only_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_process(tmp_path, 77, "python3", "/dev/nvidia0")
    place = a_place(tmp_path, "pid:[4026532999]")

    def refuse(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(place, "names_in", refuse)
    assert "own_name" not in name_processes(place, snapshot(77)).value["processes"][0]
    odd = {"gpus": [{"processes_compute": {"v": ["x", {"pid": "y"}]}}]}
    assert name_processes(place, odd).value == {"processes": []}
