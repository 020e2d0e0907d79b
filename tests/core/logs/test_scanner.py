"""What the scanner keeps of a log: little, whatever the size; and that nothing is lost by keeping so little."""

import random
import re
from pathlib import Path

import pytest

from gpuproof.core.logs.scanner import Scanner

EXCERPTS = Path(__file__).resolve().parents[2] / "log_excerpts" / "excerpts.txt"


def said(scanner):
    return {
        (event.signal.id, event.kind, event.decisive, event.component): (event.line, event.text)
        for event in scanner.seen()
        if "end" not in event.signal.flags  # progress is looked for after an error only
    }


def test_the_last_of_a_signal_is_kept():
    scanner = Scanner()
    for number in range(50):
        scanner.feed(b"Using device: cuda:0 in step %d\n" % number * 20)
    (event,) = [event for event in scanner.seen() if event.signal.id == "device-gpu"]
    assert event.line == 1000
    assert event.text.endswith("step 49")


def test_lines_that_differ_in_numbers_only_are_looked_at_once():
    scanner = Scanner()
    scanner.feed(b"".join(b"gpu step %d of %d\n" % (number, number * 7) for number in range(1, 5000)))
    assert len(scanner._looks._cache) < 20


def test_what_is_remembered_does_not_grow_with_the_log():
    scanner = Scanner()
    for first in range(97, 123):
        scanner.feed(
            b"".join(
                b"%s %s\n" % (word, bytes([first, 97 + number % 26, 97 + number // 26]) * 9)
                for number in range(26**2)
                for word in (b"gpu", b"then")
            )
        )
    scanner.feed(b"gpu " + b"x" * 3000 + b"\n")
    scanner.feed(b"offloaded 3/33 layers to GPU " + b"x" * 3000 + b"\n")
    assert all(len(shape) <= 512 for shape in (*scanner._telling, *scanner._by_digits))
    kept = (scanner._silent, scanner._telling, scanner._by_digits, scanner._looks._cache)
    assert all(len(cache) <= 20_000 for cache in kept)
    assert all(len(shape) <= 512 for shape in scanner._silent)


def test_other_digits_and_an_earlier_line_of_the_same_shape_change_nothing():
    source = random.Random(9)
    known = [line for line in EXCERPTS.read_text(encoding="utf-8").splitlines() if re.search(r"\d", line)]
    whole, expected, number = Scanner(), {}, 0
    for line in source.sample(known, 400):
        for _ in range(4):
            number += 1
            digits = lambda found: source.choice("0123456789" + found.group() * 9)  # noqa: E731
            written = re.sub(r"(?<![A-Za-z])\d", digits, line).encode() + b"\n"
            whole.feed(written)
            alone = Scanner()
            alone.feed(written)
            expected |= {key: (number, words) for key, (_, words) in said(alone).items()}
    assert said(whole) == expected


def test_lines_are_counted_by_line_feeds_alone():
    scanner = Scanner()
    scanner.feed(b"one\r\ntwo\r 10%\r 20%\rUsing device: cuda:0\r\nfour\r\n")
    (event,) = [event for event in scanner.seen() if event.signal.id == "device-gpu"]
    assert (event.line, event.text, scanner.lines) == (2, "Using device: cuda:0", 3)


def test_zero_and_other_numbers_are_told_apart():
    scanner = Scanner()
    scanner.feed(b"offloaded 33/33 layers to GPU\noffloaded 0/33 layers to GPU\n")
    assert {event.kind for event in scanner.seen() if event.signal.id == "ggml-layers"} == {"gpu", "cpu"}


def test_work_after_a_signal_is_in_order_with_it():
    scanner = Scanner()
    scanner.feed(b"CUDA error: unknown error\n100%|##| 1/1\nUsing device: cuda:0\nPrompt executed in 3 seconds\n")
    scanner.feed(b"conversion finished\n")
    orders = {event.signal.id: event.order for event in scanner.seen()}
    assert orders["bar-end"] < orders["device-gpu"] < orders["comfy-done"] < orders["bar-full"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("using CPU instead", "cpu"),
        ("running on cuda:0", "gpu"),
        ("Falling back to CPU", "cpu"),
        ("CUDA error: invalid argument", "error"),
        ("CUDA out of memory", "oom"),
        ("GPU is not available", "cpu"),
        ("device=cuda:0", "gpu"),
        ("torch 2.4.0+cpu", "cpu"),
    ],
)
def test_chinese_on_both_sides_hides_no_english_words(line, kind):
    scanner = Scanner()
    scanner.feed(f"当前状态{line}请注意查看\n".encode())
    assert kind in {event.kind for event in scanner.seen()}


def test_progress_is_not_looked_for_without_an_error():
    scanner = Scanner()
    scanner.feed(b"Using device: cuda:0\n100%|##| 1/1\n")
    assert {event.kind for event in scanner.seen()} == {"gpu"}
