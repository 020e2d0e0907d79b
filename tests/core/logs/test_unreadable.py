"""Files that cannot be read, in words of their own."""

import os

from gpuproof.core.logs.unreadable import unreadable


def test_a_missing_file_is_named(tmp_path):
    problem = unreadable(tmp_path / "run.log", FileNotFoundError(2, "No such file or directory"))
    assert str(problem.message) == f"There is no file {tmp_path / 'run.log'}."


def test_a_folder_names_its_newest_log(tmp_path):
    for age, name in enumerate(("new.log", "old.log", "other.bin")):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    problem = unreadable(tmp_path, IsADirectoryError(21, "Is a directory"))
    assert "is a folder" in str(problem.message)
    assert str(problem.hint).endswith("new.log")


def test_a_folder_without_logs_names_none(tmp_path):
    assert str(unreadable(tmp_path, IsADirectoryError(21, "x")).hint) == "Give one file."


def test_a_folder_is_one_on_windows_too(tmp_path):
    assert "is a folder" in str(unreadable(tmp_path, PermissionError(13, "Permission denied")).message)


def test_a_file_of_somebody_else_says_so(tmp_path):
    problem = unreadable(tmp_path / "run.log", PermissionError(13, "Permission denied"))
    assert "may not be read" in str(problem.message)
    assert "Errno" not in str(problem.message)


def test_any_other_trouble_is_told_without_its_number(tmp_path):
    problem = unreadable(tmp_path / "run.log", OSError(5, "Input/output error"))
    assert str(problem.message).endswith("cannot be read: Input/output error.")
