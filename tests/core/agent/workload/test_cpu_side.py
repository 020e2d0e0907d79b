"""How a window's time is shared out, and what the reporter sends."""

import io
import json

import pytest

from gpuproof.core.agent.channel import Channel
from gpuproof.core.agent.workload.processor import BusyTime, foreign_share, usable_physical_cores


@pytest.mark.torch
def test_the_parts_of_a_window_add_up_to_its_time():
    from gpuproof.core.agent.workload.cpu_side import split_window

    entries = [
        ("upload", 0.2),
        ("prepare", 0.1),
        ("prepare", 0.3),
        ("alignment", 0.4),
        ("reconstruction", 1.0),
        ("reconstruction", 2.0),
    ]
    rows = split_window(entries, 2, 4.2)
    assert sum(sum(row.values()) for _, row in rows) == pytest.approx(4.2)
    assert rows[0][1] == pytest.approx(
        {"upload": 0.1, "prepare": 0.1, "alignment": 0.2, "reconstruction": 1.0, "other": 0.1}
    )
    assert rows[1][0] == pytest.approx(1.5)


def _reporter(**params):
    pytest.importorskip("torch")
    from gpuproof.core.agent.workload.reporting import Reporter

    out = io.BytesIO()
    channel = Channel(out, io.BytesIO())
    return Reporter(channel, params), channel, lambda: [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.torch
def test_fast_blocks_travel_together_and_none_is_lost():
    reporter, _, lines = _reporter()
    for index in range(100):
        reporter.block(index=index)
    reporter.flush()
    sent = lines()
    assert len(sent) <= 3
    assert [block["index"] for line in sent for block in line["blocks"]] == list(range(100))


@pytest.mark.torch
def test_a_cancel_stops_at_the_next_word():
    from gpuproof.core.agent.workload.reporting import Stopped

    reporter, channel, _ = _reporter()
    channel._cancelled.set()
    with pytest.raises(Stopped):
        reporter.progress("clip", 0.5)


@pytest.mark.torch
def test_a_gate_that_never_opens_ends_with_the_cancel():
    from gpuproof.core.agent.workload.reporting import Stopped

    reporter, channel, lines = _reporter(gated=True)
    channel._cancelled.set()
    with pytest.raises(Stopped):
        reporter.gate("cpu")
    assert lines()[0]["phase"] == "cpu"


@pytest.mark.torch
def test_the_preview_is_a_png():
    import base64

    import torch

    from gpuproof.core.agent.workload.picture import small_png

    png = base64.b64decode(small_png(torch.zeros(72, 128, 3, dtype=torch.uint8)))
    assert png.startswith(b"\x89PNG")
    assert png[16:24] == (128).to_bytes(4, "big") + (72).to_bytes(4, "big")


def test_foreign_load_is_what_this_process_did_not_use():
    before, after = BusyTime(100.0, 50.0, 10.0), BusyTime(120.0, 65.0, 20.0)
    assert foreign_share(before, after) == pytest.approx(0.25)
    assert foreign_share(None, after) is None
    assert foreign_share(after, after) is None


def test_at_least_one_core_is_usable():
    assert usable_physical_cores() >= 1
