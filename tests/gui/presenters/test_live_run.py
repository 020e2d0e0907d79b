"""Blocks and samples as the graphs see them."""

from __future__ import annotations

from helpers.wizard import a_long_result

from gpuproof.core.bench.model import Block, Preview, TelemetrySample
from gpuproof.gui.presenters.live_run import LiveRun


def _block(**changes: object) -> Block:
    parts: dict[str, object] = {
        "device": "cuda:0", "phase": "gpu", "variant": "fp16", "index": 0, "is_warm_up": False, "frames": 100,
        "duration_s": 0.5, "started_s": 2.0,
    }  # fmt: skip
    return Block(**{**parts, **changes})  # type: ignore[arg-type]


def test_a_block_becomes_frames_per_second_from_its_start_to_its_end() -> None:
    run = LiveRun()
    run.take(_block())
    track = run.track("frames_gpu")
    assert track is not None
    assert [track.value_at(at) for at in (1.9, 2.0, 2.49, 2.6)] == [None, 200.0, 200.0, None]


def test_cpu_blocks_go_to_the_other_line() -> None:
    run = LiveRun()
    run.take(_block(device="cpu", phase="cpu"))
    assert run.track("frames_gpu") is None
    assert run.track("frames_cpu") is not None


def test_a_block_without_duration_is_no_speed() -> None:
    run = LiveRun()
    run.take(_block(duration_s=0.0))
    assert run.track("frames_gpu") is None


def test_phases_follow_the_blocks() -> None:
    run = LiveRun()
    for event in a_long_result().blocks:
        run.take(event)
    assert [phase.name for phase in run.phases] == ["cpu", "gpu", "cpu_again"]


def test_a_series_that_is_never_told_has_no_track() -> None:
    run = LiveRun()
    run.take(TelemetrySample(at_s=1.0, gpu=3, utilisation_percent=50.0))
    assert run.gpus == (3,)
    assert run.track("utilisation", 3) is not None
    assert run.track("power", 3) is None


def test_a_value_that_stops_is_a_gap_not_the_last_one() -> None:
    run = LiveRun()
    run.take(TelemetrySample(at_s=1.0, gpu=0, power_w=100.0))
    run.take(TelemetrySample(at_s=2.0, gpu=0))
    track = run.track("power", 0)
    assert track is not None
    assert track.value_at(2.5) is None


def test_throttling_is_remembered_with_its_gpu_and_bounded() -> None:
    run = LiveRun()
    for number in range(1000):
        run.take(TelemetrySample(at_s=float(number), gpu=1, throttle_reasons=("sw_power_cap",)))
    assert len(run.throttled) == 200
    assert run.throttled[-1].at_s == 999.0


def test_only_the_newest_preview_is_kept() -> None:
    run = LiveRun()
    run.take(Preview(png_base64="", frame=1))
    run.take(Preview(png_base64="", frame=2))
    assert run.preview is not None
    assert run.preview.frame == 2
