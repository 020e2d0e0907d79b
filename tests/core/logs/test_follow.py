"""A growing file, one that is replaced, and one that ends."""

import io
import os
import threading

import pytest

from gpuproof.core.logs.follow import Follower, GrowingLog, follow_file, follow_pipe
from gpuproof.core.problems import UserProblem


def test_what_is_added_changes_the_verdict_and_is_said_once(tmp_path):
    file, said = tmp_path / "run.log", []
    file.write_text("start\n")
    follower = Follower(file, said.append)
    follower.look()
    with file.open("a") as stream:
        stream.write("Using device: cu")
    follower.look()
    with file.open("a") as stream:
        stream.write("da:0\n")
    follower.look()
    follower.look()
    assert [verdict.verdict for verdict in said] == ["inconclusive", "gpu_used"]
    assert follower.end().lines == 2


def test_a_replaced_file_is_read_from_its_beginning(tmp_path):
    file, other = tmp_path / "run.log", tmp_path / "new.log"
    file.write_text("Using device: cuda:0\n" * 10)
    follower = Follower(file, lambda verdict: None)
    follower.look()
    other.write_text("Using device: cpu\n")
    os.replace(other, file)
    follower.look()
    assert follower.end().verdict == "cpu_fallback"


def test_a_last_line_without_its_end_counts_at_the_end(tmp_path):
    file = tmp_path / "run.log"
    file.write_text("Using device: cpu")
    follower = Follower(file, lambda verdict: None)
    follower.look()
    assert follower.end().verdict == "cpu_fallback"


def test_utf16_is_followed(tmp_path):
    file = tmp_path / "run.log"
    file.write_bytes("Using device: cuda:0\n".encode("utf-16-le"))
    follower = Follower(file, lambda verdict: None)
    follower.look()
    assert follower.end().verdict == "gpu_used"


def test_following_ends_on_stop(tmp_path):
    file, stop = tmp_path / "run.log", threading.Event()
    file.write_text("Using device: cuda:0\n")
    stop.set()
    assert follow_file(str(file), lambda verdict: None, stop).verdict == "gpu_used"


def test_a_missing_file_is_the_persons_to_mend(tmp_path):
    with pytest.raises(UserProblem):
        follow_file(str(tmp_path / "nothing"), lambda verdict: None)


def test_a_compressed_file_is_not_followed(tmp_path):
    file = tmp_path / "run.log.gz"
    file.write_bytes(b"\x1f\x8b\x08rest")
    with pytest.raises(UserProblem, match="does not grow"):
        follow_file(str(file), lambda verdict: None)


def test_a_pipe_is_followed_to_its_end():
    said = []
    verdict = follow_pipe(io.BytesIO(b"start\nUsing device: cuda:0\nFalling back to CPU"), said.append)
    assert [one.verdict for one in said] == ["gpu_used"]
    assert (verdict.verdict, verdict.lines) == ("cpu_fallback", 3)


def test_chinese_after_a_beginning_in_english_settles_the_encoding():
    log = GrowingLog(lambda verdict: None)
    log.take(b"start\n")
    log.take("未检测到可用显卡，将使用CPU进行推理\n".encode("gb18030"))
    verdict = log.end()
    assert (verdict.verdict, verdict.encoding) == ("cpu_fallback", "gb18030")


def test_utf16_of_either_byte_order_is_followed_in_parts():
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        log = GrowingLog(lambda verdict: None)
        log.take(mark + "start\n".encode(encoding))
        log.take("Using device: cuda:0\n".encode(encoding))
        assert log.end().verdict == "gpu_used"
