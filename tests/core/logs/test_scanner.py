"""What the scanner keeps of a log: little, whatever the size."""

from gpuproof.core.logs.scanner import Scanner


def test_only_the_first_and_last_of_a_signal_are_kept():
    scanner = Scanner()
    for number in range(50):
        scanner.feed(b"Using device: cuda:0 in step %d\n" % number * 20)
    (seen,) = [row for row in scanner.seen() if row.first.signal.id == "device-gpu"]
    assert (seen.first.line, seen.last.line, seen.count) == (1, 1000, 1000)
    assert seen.last.text.endswith("step 49")


def test_lines_that_differ_in_numbers_only_are_looked_at_once():
    scanner = Scanner()
    scanner.feed(b"".join(b"gpu step %d of %d\n" % (number, number * 7) for number in range(1, 5000)))
    assert len(scanner._cache) < 20


def test_the_cache_does_not_grow_with_the_log():
    scanner = Scanner()
    scanner.feed(
        b"".join(b"gpu %s\n" % bytes([97 + number % 26, 97 + number // 26 % 26] * 4) for number in range(26**2))
    )
    scanner.feed(b"gpu " + b"x" * 3000 + b"\n")
    assert all(len(key) <= 512 for _, key in scanner._cache)


def test_zero_and_other_numbers_are_told_apart():
    scanner = Scanner()
    scanner.feed(b"offloaded 33/33 layers to GPU\noffloaded 0/33 layers to GPU\n")
    assert {row.last.kind for row in scanner.seen() if row.first.signal.id == "ggml-layers"} == {"gpu", "cpu"}


def test_work_after_a_signal_is_in_order_with_it():
    scanner = Scanner()
    scanner.feed(b"100%|##| 1/1\nUsing device: cuda:0\nPrompt executed in 3 seconds\nconversion finished\n")
    orders = {row.first.signal.id: row.last.order for row in scanner.seen()}
    assert orders["bar-end"] < orders["device-gpu"] < orders["comfy-done"] < orders["bar-full"]
