"""A child gets the person's environment, not that of a packaged app."""

from gpuproof.core.launch.surroundings import child_environment, without_bundle


def test_a_plain_python_changes_nothing():
    given = {"LD_LIBRARY_PATH": "/opt/cuda/lib64", "LD_LIBRARY_PATH_ORIG": "/x"}
    assert without_bundle(given, is_frozen=False) == given


def test_a_packaged_app_gives_back_what_it_changed():
    given = {"LD_LIBRARY_PATH": "/tmp/_MEI1", "LD_LIBRARY_PATH_ORIG": "/opt/cuda/lib64", "HOME": "/home/me"}
    assert without_bundle(given, is_frozen=True) == {"LD_LIBRARY_PATH": "/opt/cuda/lib64", "HOME": "/home/me"}


def test_a_packaged_app_takes_away_what_only_it_had_set():
    given = {"LD_LIBRARY_PATH": "/tmp/_MEI1", "QT_PLUGIN_PATH": "/tmp/_MEI1/qt", "PATH": "/usr/bin"}
    assert without_bundle(given, is_frozen=True) == {"PATH": "/usr/bin"}


def test_a_child_is_marked_and_writes_no_byte_code():
    found = child_environment("a1b2")
    assert (found["GPUPROOF_RUN"], found["PYTHONSAFEPATH"], found["PYTHONDONTWRITEBYTECODE"]) == ("a1b2", "1", "1")


def test_changes_come_last_and_none_removes(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    found = child_environment("m", {"CUDA_VISIBLE_DEVICES": None, "PYTHONSAFEPATH": "0"})
    assert "CUDA_VISIBLE_DEVICES" not in found
    assert found["PYTHONSAFEPATH"] == "0"
