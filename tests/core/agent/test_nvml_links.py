"""NVLink and pairs of GPUs, asked by the real bindings over a fake library that fills in what two H200 gave."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from helpers import nvml_fake

from gpuproof.core.agent import nvml_child, nvml_links

LINK = {
    "nvmlDeviceGetNvLinkState": 1,
    "nvmlDeviceGetNvLinkVersion": 4,
    "nvmlDeviceGetNvLinkRemoteDeviceType": 2,
    "nvmlDeviceGetNvLinkRemotePciInfo_v2": {"busId": "00000000:00:00.0"},
}


def field(value: int, code: int = 0, kind: int = 1) -> dict[str, Any]:
    member = {1: "uiVal", 3: "ullVal"}[kind]
    return {"nvmlReturn": code, "valueType": kind, "value": {member: value}}


def two_h200(**more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        **LINK,
        "nvmlDeviceGetFieldValues": [[field(26562), field(0, 3), field(0, kind=3), field(0, kind=3), field(2, kind=3)]],
        "nvmlDeviceGetCpuAffinity": [[0xFFFFFFFF, 0, 0, 0]],
        "nvmlDeviceGetMemoryAffinity": [[1]],
        "nvmlDeviceGetGpuFabricInfoV": {"state": 3, "status": 0, "healthMask": 0},
        "nvmlDeviceGetTopologyCommonAncestor": 40,
        "nvmlDeviceGetP2PStatus": 0,
    }
    return {**fields, **more}


def said(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], faults: dict[str, int] | None = None
) -> dict[str, Any]:
    """Ask two GPUs of the fake library and return what was sent, by (GPU, field)."""
    sent = io.StringIO()
    monkeypatch.setattr(sys, "stdout", sent)
    monkeypatch.setattr(nvml_links, "link_count", lambda nvml, handle: 18)
    reading = nvml_child.Reading(nvml_fake.bindings(nvml_fake.FakeLibrary(fields, faults)))
    handles: dict[int, Any] = {0: object(), 1: object()}
    nvml_links.ask_links(reading, 0, handles[0])
    nvml_links.ask_peers(reading, handles)
    monkeypatch.undo()
    lines = [json.loads(line) for line in sent.getvalue().splitlines()]
    return {f"{line[1]} {line[2]}": line[3] for line in lines if line[0] != "begin"}


def test_every_link_says_its_state_its_other_end_and_its_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, two_h200())
    links = found["0 nvlinks"]
    assert [link["link"] for link in links] == list(range(18))
    assert links[17] == {
        "link": 17, "active": True, "version": 4, "remote_type": 2, "remote": "00000000:00:00.0",
        "speed_mbps": 26562, "replays": 0, "recoveries": 0, "crc_errors": 2,
    }  # fmt: skip
    assert found["0 memory_affinity"] == [1]
    assert found["0 fabric"] == {"state": 3, "status": 0, "health": 0}


def test_a_pair_says_how_it_is_connected_and_what_it_may_do(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, two_h200())
    assert found["0 peers"] == [{"gpu": 1, "level": 40, "read": 0, "write": 0, "nvlink": 0, "atomics": 0}]
    assert found["1 peers"][0]["gpu"] == 0


def test_a_link_that_is_down_is_asked_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, two_h200(nvmlDeviceGetNvLinkState=0))
    assert found["0 nvlinks"][0] == {"link": 0, "active": False}


def test_a_gpu_without_links_says_why_and_the_pair_still_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, two_h200(), {"nvmlDeviceGetNvLinkState": 3})
    assert found["0 nvlinks"] == "NOT_SUPPORTED"
    assert found["0 peers"][0]["read"] == 0


def test_a_driver_without_field_values_leaves_the_speed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(monkeypatch, two_h200(), {"nvmlDeviceGetFieldValues": 13})
    assert found["0 nvlinks"][0]["speed_mbps"] is None
    assert found["0 nvlinks"][0]["version"] == 4


@pytest.mark.parametrize("code", [1, 2, 3, 4, 9, 13, 15, 999])
def test_a_refused_pair_carries_the_error_in_each_place(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    found = said(monkeypatch, two_h200(), {"*": code})
    (way,) = found["0 peers"]
    names = {way[key] for key in ("level", "read", "write", "nvlink", "atomics")}
    assert len(names) == 1
    assert isinstance(names.pop(), str)


def test_one_gpu_has_no_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = io.StringIO()
    monkeypatch.setattr(sys, "stdout", sent)
    nvml_links.ask_peers(nvml_child.Reading(nvml_fake.bindings(nvml_fake.FakeLibrary({}))), {0: object()})
    monkeypatch.undo()
    assert sent.getvalue() == ""


def test_the_number_of_links_is_what_the_driver_says_or_as_many_as_there_may_be() -> None:
    def counted(entry: dict[str, Any]) -> int:
        fields = {"nvmlDeviceGetFieldValues": [[entry]]}
        return nvml_links.link_count(nvml_fake.bindings(nvml_fake.FakeLibrary(fields)), object())

    assert counted(field(18)) == 18
    assert counted(field(400)) == nvml_links.MAX_LINKS
    assert counted(field(0, code=3)) == nvml_links.MAX_LINKS
