"""The time that a video took: supporting evidence that is scaled by the card and decides nothing alone."""

import pytest

from gpuproof.core.logs.document import log_document
from gpuproof.core.logs.scan import scan


def service(video_s, ended):
    """A lip-sync service's log: it begins at 10:00:00 and prints no device."""
    return [
        f"[2026-03-01 10:00:00] [process.py[line:108]] [INFO] [7 -> video_info:[25.0/1/1/9.8], audio_info:[{video_s}]]",
        "[2026-03-01 10:00:04] [process.py[line:108]] [INFO] [audio_transfer 发送完成数据大小:4, frameId:4, cost:0.2s]",
        f"[2026-03-01 {ended}] [process.py[line:108]] [INFO] [[7]任务数字人图片处理已完成]",
    ]


CARD = "Torch detected GPU: NVIDIA GeForce {name} VRAM 12288 Arch (8, 6)"
SOFT_CPU = "nvidia-smi: GPU utilization: 1 %"


def note_of(verdict):
    return verdict.notes[-1].render("en")


def test_the_pace_is_the_work_by_the_length_of_the_video():
    judged = scan(service("30.0", "10:05:00"))
    assert (judged.pace.work_s, judged.pace.video_s, judged.pace.ratio) == (300.0, 30.0, 10.0)


@pytest.mark.parametrize("ended", ["10:00:40", "10:20:00"])
def test_time_alone_never_decides(ended):
    assert scan(service("60.0", ended), card="GeForce RTX 4090").verdict == "inconclusive"


def test_a_slow_run_on_a_good_card_supports_the_cpu():
    slow = [*service("60.0", "10:09:30"), SOFT_CPU]
    assert scan([SOFT_CPU]).verdict == "inconclusive"
    assert scan(slow, card="GeForce RTX 4090").verdict == "cpu_fallback"


def test_the_same_time_on_a_slow_card_supports_nothing():
    slow = [*service("60.0", "10:09:30"), SOFT_CPU]
    assert scan(slow, card="Tesla T4").verdict == "inconclusive"


@pytest.mark.parametrize(("card", "usual"), [("GeForce RTX 4090", 3.0), ("T4", 9.45), ("H100 80GB HBM3", 3.0)])
def test_the_limits_grow_as_the_card_is_slower(card, usual):
    pace = scan(service("60.0", "10:05:00"), card=card).pace
    assert pace.usual_up_to == pytest.approx(usual)
    assert pace.suspicious_from == pytest.approx(usual * 8 / 3)


def test_the_card_that_the_log_names_is_used():
    judged = scan([CARD.format(name="RTX 3060"), *service("60.0", "10:05:00")])
    assert judged.pace.card == "GeForce RTX 3060"
    assert judged.pace.slowness > 2
    assert "GeForce RTX 3060" in note_of(judged)


def test_with_two_cards_in_the_log_the_card_is_unknown():
    other = "  Device 0: NVIDIA GeForce GTX 1650, compute capability 7.5, VMM: yes"
    judged = scan([CARD.format(name="RTX 3060"), other, *service("60.0", "10:15:00")])
    assert judged.pace.card is None
    assert "unknown" in note_of(judged)


def test_a_second_card_of_the_same_machine_makes_the_card_unknown():
    cards = [f"  Device {index}: NVIDIA GeForce RTX 3060, compute capability 8.6, VMM: yes" for index in range(2)]
    assert scan([cards[0], *service("60.0", "10:15:00")]).pace.card == "GeForce RTX 3060"
    assert scan([*cards, *service("60.0", "10:15:00")]).pace.card is None


@pytest.mark.parametrize("card", [None, "Some Card 9000", "GeForce RTX 4060 Laptop GPU"])
def test_without_a_card_of_known_speed_even_a_slow_run_supports_nothing(card):
    judged = scan([*service("60.0", "10:30:00"), SOFT_CPU], card=card)
    assert judged.verdict == "inconclusive"
    assert judged.pace.suspicious_from is None
    assert "proves nothing" in note_of(judged)


def test_a_run_that_did_not_end_has_no_pace():
    assert scan(service("60.0", "10:05:00")[:2]).pace is None


def test_an_end_before_the_beginning_has_no_pace():
    assert scan(service("60.0", "09:59:00")).pace is None


@pytest.mark.parametrize("length", ["0", "0.0"])
def test_a_video_without_length_has_no_pace(length):
    assert scan(service(length, "10:05:00")).pace is None


def test_lines_without_a_time_have_no_pace():
    assert scan(["audio_info:[12.0], video_info:[25.0/1/1/2]", "任务数字人图片处理已完成"]).pace is None


def test_a_date_that_is_none_is_no_time():
    lines = [line.replace("2026-03-01", "2026-13-41") for line in service("60.0", "10:05:00")]
    assert scan(lines).pace is None


def test_frames_and_seconds_in_one_line_are_a_pace():
    judged = scan(["Total process time of 250 frames including saving images = 24.0s"], card="Tesla V100-SXM2")
    assert judged.pace.ratio == pytest.approx(2.4)
    assert judged.verdict == "inconclusive"


def test_slow_steps_and_a_slow_run_are_one_and_the_same_support():
    steps = "Face Renderer::  10%|#   | 10/100 [01:30<13:30,  9.01s/it]"
    assert scan([*service("60.0", "10:20:00"), steps], card="GeForce RTX 4090").verdict == "inconclusive"


def test_slow_steps_support_nothing_on_a_slow_card():
    steps = "Face Renderer::  10%|#   | 10/100 [01:30<13:30,  9.01s/it]"
    assert scan([steps, SOFT_CPU], card="GeForce RTX 4090").verdict == "cpu_fallback"
    assert scan([steps, SOFT_CPU], card="GeForce GTX 1650").verdict == "inconclusive"


def test_the_document_tells_the_pace_and_its_limits():
    document = log_document(scan(service("60.0", "10:02:00"), card="GeForce RTX 3090"), "en")
    assert document["pace"] == {
        "work_s": 120.0,
        "video_s": 60.0,
        "ratio": 2.0,
        "card": "GeForce RTX 3090",
        "usual_up_to": 3.23,
        "suspicious_from": 8.61,
    }
    assert log_document(scan(["nothing"]), "en")["pace"] is None
