"""What the questions for Windows and macOS take out of outputs of the real form."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gpuproof.core.agent.place import Place
from gpuproof.core.agent.questions import driver, macos, windows
from gpuproof.core.agent.questions.kinds import Absent, Denied

EVENTS = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='nvlddmkm'/>"
    "<EventID Qualifiers='49322'>153</EventID><Level>2</Level><TimeCreated SystemTime='2026-05-05T11:26:24.8990000Z'/>"
    "<Channel>System</Channel><Computer>DESKTOP-SECRET</Computer></System><EventData><Data>\\Device\\Video3</Data>"
    "<Data>Error occurred on GPUID: 100</Data><Binary>00AA</Binary></EventData></Event>\n"
    '<Event><System><Provider Name="Display"/><EventID Qualifiers="0">4101</EventID><TimeCreated '
    'SystemTime="2026-05-05T11:26:24Z"/></System><EventData><Data Name="p">nvlddmkm</Data></EventData></Event>'
)


def test_events_of_the_driver_keep_number_time_and_words_and_lose_the_computers_name() -> None:
    first, second = windows.events_in(EVENTS)
    assert first == {
        "provider": "nvlddmkm", "id": "153", "time": "2026-05-05T11:26:24.8990000Z",
        "data": "\\Device\\Video3 Error occurred on GPUID: 100",
    }  # fmt: skip
    assert (second["id"], second["data"]) == ("4101", "nvlddmkm")
    assert windows.events_in("") == []
    assert windows.events_in("<Event>" + "x" * 100_000) == []


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_the_event_log_is_asked_for_the_driver_alone(tmp_path: Path) -> None:
    program = tmp_path / "wevtutil"
    program.write_text(f"#!/bin/sh\necho \"$@\" > {tmp_path}/asked\ncat <<'END'\n{EVENTS}\nEND\n")
    program.chmod(0o755)
    assert len(windows.driver_events(Place(environ={"PATH": f"{tmp_path}:/usr/bin:/bin"}))) == 2
    assert "nvlddmkm" in (tmp_path / "asked").read_text()
    program.write_text("#!/bin/sh\necho 'Access is denied.' >&2; exit 5\n")
    with pytest.raises(Denied, match="Access is denied"):
        windows.driver_events(Place(environ={"PATH": f"{tmp_path}:/usr/bin:/bin"}))
    with pytest.raises(Absent):
        windows.driver_events(Place(environ={"PATH": ""}))


MAC = {
    "SPDisplaysDataType": [
        {
            "_name": "kHW_AppleM1Item",
            "spdisplays_mtlgpufamilysupport": "spdisplays_metal3",
            "spdisplays_ndrvs": [{"_name": "Color LCD", "_spdisplays_display-serial-number": "SECRET"}],
            "spdisplays_vendor": "sppci_vendor_Apple",
            "sppci_bus": "spdisplays_builtin",
            "sppci_cores": "16",
            "sppci_model": "Apple M1 Pro",
        },
        "odd",
    ]
}


def test_a_macs_graphics_chip_is_described_without_the_screens_that_hang_on_it() -> None:
    (chip,) = macos.chips_in(MAC)
    assert (chip["sppci_model"], chip["sppci_cores"], chip["spdisplays_vendor"]) == (
        "Apple M1 Pro", "16", "sppci_vendor_Apple",
    )  # fmt: skip
    assert "SECRET" not in str(chip)
    assert macos.chips_in([]) == macos.chips_in({}) == []


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_a_mac_that_prints_no_json_or_has_no_such_program_says_why(tmp_path: Path) -> None:
    with pytest.raises(Absent):
        macos.displays(Place(environ={"PATH": ""}, root=str(tmp_path)))
    program = tmp_path / "system_profiler"
    program.write_text("#!/bin/sh\necho no json\n")
    program.chmod(0o755)
    (question,) = [question for question in macos.QUESTIONS if question.id == "macos.displays"]
    assert question.ask(Place(environ={"PATH": str(tmp_path)})).status == "failed"


# ---- the kernel log by its three roads


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(path: object, *more: object, **named: object) -> int:
        if str(path).endswith("/dev/kmsg"):
            raise PermissionError(1, "Operation not permitted")
        return real(path, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)


def a_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text("#!/bin/sh\n" + script)
    (folder / name).chmod(0o755)


pytestmark_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel log is Linux's")


@pytestmark_linux
def test_the_journal_stands_in_where_the_kernels_own_file_is_refused(tmp_path: Path, refused: None) -> None:
    a_program(tmp_path, "journalctl", "echo 'usb 1-1: new device'; echo 'NVRM: Xid (PCI:0000:01:00): 79; fallen off'")
    found = driver.kernel_log(Place(root=str(tmp_path), environ={"PATH": str(tmp_path)}))
    assert found == ["NVRM: Xid (PCI:0000:01:00): 79; fallen off"]


@pytestmark_linux
def test_dmesg_stands_in_where_the_journal_shows_nothing(tmp_path: Path, refused: None) -> None:
    a_program(tmp_path, "journalctl", "echo 'Hint: You are currently not seeing messages' >&2")
    a_program(tmp_path, "dmesg", "echo '[   12.345678] NVRM: loading NVIDIA UNIX Open Kernel Module'")
    found = driver.kernel_log(Place(root=str(tmp_path), environ={"PATH": str(tmp_path)}))
    assert found == ["[   12.345678] NVRM: loading NVIDIA UNIX Open Kernel Module"]


@pytestmark_linux
def test_three_refusals_are_denied_and_each_is_named(tmp_path: Path, refused: None) -> None:
    a_program(
        tmp_path, "journalctl", "echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1"
    )
    a_program(tmp_path, "dmesg", "echo 'dmesg: read kernel buffer failed: Operation not permitted' >&2; exit 1")
    with pytest.raises(Denied) as raised:
        driver.kernel_log(Place(root=str(tmp_path), environ={"PATH": str(tmp_path)}))
    for words in ("/dev/kmsg: Operation not permitted", "journalctl: ", "dmesg: read kernel buffer failed"):
        assert words in str(raised.value)


@pytestmark_linux
def test_no_file_and_no_program_is_absent_and_not_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(Absent):
        driver.kernel_log(Place(root=str(tmp_path), environ={"PATH": ""}))
