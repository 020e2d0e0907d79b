"""Reading bytes: encodings, gzip, long lines, pipes."""

import gzip
import io

import pytest

from gpuproof.core.logs.scan import scan_file, scan_stream
from gpuproof.core.logs.source import LINE_CAP, detect_encoding, open_log
from gpuproof.core.problems import UserProblem

GPU = "Using device: cuda:0\n"
ZH = "[信息] 未检测到显卡，将使用 CPU 运行\n"


class Slow:
    """A pipe that hands out a few bytes at a time."""

    def __init__(self, data, step):
        self.data, self.step = io.BytesIO(data), step

    def read(self, size):
        return self.data.read(min(size, self.step))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (ZH.encode("utf-8"), "utf-8"),
        (b"\xef\xbb\xbf" + ZH.encode("utf-8"), "utf-8-sig"),
        (ZH.encode("utf-16"), "utf-16"),
        (GPU.encode("utf-16-le"), "utf-16-le"),
        (GPU.encode("utf-16-be"), "utf-16-be"),
        (ZH.encode("gbk"), "gb18030"),
        (b"", "utf-8"),
    ],
)
def test_the_encoding_is_found(data, encoding):
    assert detect_encoding(data) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gbk", "utf-8-sig"])
@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_a_log_is_judged_in_any_encoding_and_from_a_slow_pipe(encoding, step):
    verdict = scan_stream(Slow((ZH * 3).encode(encoding), step))
    assert verdict.verdict == "cpu_fallback"
    assert verdict.lines == 3
    assert verdict.events[-1].line == 3


def test_a_gzip_is_unpacked(tmp_path):
    file = tmp_path / "run.log.gz"
    file.write_bytes(gzip.compress(GPU.encode()))
    assert scan_file(file).verdict == "gpu_used"


def test_a_gzip_of_several_members_is_read_to_its_end():
    first, second = gzip.compress(b"start\n" * 30_000), gzip.compress(b"Using device: cuda:0\n")
    for step in (7, 1 << 20):
        verdict = scan_stream(Slow(first + second + b"\0" * 9, step))
        assert (verdict.verdict, verdict.lines, verdict.notes) == ("gpu_used", 30_001, ())


def test_a_gzip_that_ends_early_is_judged_as_far_as_it_goes(tmp_path):
    file = tmp_path / "run.log.gz"
    file.write_bytes(gzip.compress((GPU + "\n").encode() * 100)[:-12])
    judged = scan_file(file)
    assert judged.verdict == "gpu_used"
    assert "ends too early" in str(judged.notes[-1])


def test_a_missing_file_is_the_persons_to_mend(tmp_path):
    with pytest.raises(UserProblem):
        scan_file(tmp_path / "nothing.log")


def test_a_binary_file_is_refused():
    with pytest.raises(UserProblem):
        scan_stream(io.BytesIO(bytes(range(9)) * 1000))


def test_carriage_returns_divide_lines_but_do_not_count():
    verdict = scan_stream(io.BytesIO(b"  0%|    |\r 50%|##  |\rUsing device: cpu\r100%|####|\nnext\n"))
    assert verdict.verdict == "cpu_fallback"
    assert verdict.events[0].line == 1
    assert verdict.events[0].text == "Using device: cpu"
    assert verdict.lines == 2


def test_a_line_longer_than_the_cap_is_cut_and_the_next_is_read():
    data = b"x" * (3 * LINE_CAP) + b" Using device: cpu\n" + GPU.encode()
    verdict = scan_stream(Slow(data, 1 << 14))
    assert verdict.verdict == "gpu_used"
    assert not any(event.kind == "cpu" for event in verdict.events)


def test_blocks_end_at_the_end_of_a_line():
    blocks = list(open_log(Slow(GPU.encode() * 5000, 1000)).blocks())
    assert all(block.endswith(b"\n") for block in blocks)
    assert b"".join(blocks) == GPU.encode() * 5000


def test_a_last_line_without_an_end_is_read():
    assert scan_stream(io.BytesIO(GPU.strip().encode())).lines == 1
