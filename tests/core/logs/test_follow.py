"""A growing file, one that is replaced, and one that ends."""

import os
import threading

import pytest

from gpuproof.core.logs.follow import Follower, follow_file
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
    assert [str(words).split(":")[1].split(".")[0].strip() for words in said] == ["inconclusive", "gpu_used"]
    assert follower.end().lines == 2


def test_a_replaced_file_is_read_from_its_beginning(tmp_path):
    file, other = tmp_path / "run.log", tmp_path / "new.log"
    file.write_text("Using device: cuda:0\n" * 10)
    follower = Follower(file, lambda words: None)
    follower.look()
    other.write_text("Using device: cpu\n")
    os.replace(other, file)
    follower.look()
    assert follower.end().verdict == "cpu_fallback"


def test_a_last_line_without_its_end_counts_at_the_end(tmp_path):
    file = tmp_path / "run.log"
    file.write_text("Using device: cpu")
    follower = Follower(file, lambda words: None)
    follower.look()
    assert follower.end().verdict == "cpu_fallback"


def test_utf16_is_followed(tmp_path):
    file = tmp_path / "run.log"
    file.write_bytes("Using device: cuda:0\n".encode("utf-16-le"))
    follower = Follower(file, lambda words: None)
    follower.look()
    assert follower.end().verdict == "gpu_used"


def test_following_ends_on_stop(tmp_path):
    file, stop = tmp_path / "run.log", threading.Event()
    file.write_text("Using device: cuda:0\n")
    stop.set()
    assert follow_file(str(file), lambda words: None, stop).verdict == "gpu_used"


def test_a_missing_file_is_the_persons_to_mend(tmp_path):
    with pytest.raises(UserProblem):
        follow_file(str(tmp_path / "nothing"), lambda words: None)
