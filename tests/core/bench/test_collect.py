"""Messages of a child are data: broken ones are dropped."""

import math

import pytest

from gpuproof.core.bench.collect import Collector, read_block

GOOD = {"device": "cpu", "phase": "cpu", "variant": "fp32", "index": 0, "is_warm_up": False, "frames": 16,
        "duration_s": 0.5, "started_s": 1.0, "stages_s": [["alignment", 0.1]]}  # fmt: skip


def test_a_good_block_is_read():
    block = read_block(GOOD)
    assert block is not None
    assert block.stages_s == (("alignment", 0.1),)
    assert block.io == "full"


@pytest.mark.parametrize(
    "changes",
    [
        {"frames": 0},
        {"duration_s": 0.0},
        {"duration_s": math.nan},
        {"duration_s": "soon"},
        {"stages_s": [3]},
        {"index": None},
    ],
)
def test_a_broken_block_is_dropped(changes):
    assert read_block({**GOOD, **changes}) is None


@pytest.mark.parametrize("row", [None, 3, "x", [], {}])
def test_what_is_no_block_is_dropped(row):
    assert read_block(row) is None


def test_a_sample_with_unknown_fields_is_kept_without_them():
    events = []
    collector = Collector(events.append)
    collector.take("watch", {"type": "sample", "at_s": 1.0, "gpu": 0, "power_w": 70.0, "mood": "good"}, 1.0)
    assert events[0].power_w == 70.0
    assert events[0].throttle_reasons == ()
