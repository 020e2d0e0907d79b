"""Files are kept without copying them, and put back exactly, whatever happened in between."""

import json
import os
import sys

import pytest
from helpers.environments import make_venv
from helpers.setups import state_of

from gpuproof.core.setup import snapshot as snapshots
from gpuproof.core.setup.snapshot import discard, note_created, relevant_files, restore, take

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are laid out as on Linux and macOS")


@pytest.fixture
def site(tmp_path):
    site = make_venv(tmp_path)
    for name, words in {"old/a.py": "a", "old/b.py": "b", "same.py": "s", "x.pth": "import x"}.items():
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text(words)
    os.symlink("same.py", site / "link.py")
    (site / "empty").mkdir()
    return site


def install(site):
    """Do what an installer does: remove names, write new files, rewrite small ones in place."""
    (site / "old" / "a.py").unlink()
    (site / "old" / "b.py").unlink()
    (site / "old" / "b.py").write_text("new b")
    (site / "new").mkdir()
    (site / "new" / "c.py").write_text("c")
    (site / "x.pth").write_text("import y")
    (site / "link.py").unlink()
    (site / "~ld").mkdir()
    (site / "~ld" / "rest.py").write_text("left by a killed pip")


def test_nothing_is_copied_where_links_do(tmp_path, site):
    snapshot = take(tmp_path, "1")
    kept = snapshot.files / (site / "same.py").relative_to(tmp_path)
    assert kept.stat().st_ino == (site / "same.py").stat().st_ino


def test_what_is_rewritten_in_place_is_copied(tmp_path, site):
    snapshot = take(tmp_path, "1")
    (site / "x.pth").write_text("changed")
    assert (snapshot.files / (site / "x.pth").relative_to(tmp_path)).read_text() == "import x"


def test_a_half_done_installation_is_put_back_exactly(tmp_path, site):
    before = state_of(tmp_path)
    snapshot = take(tmp_path, "1")
    install(site)
    restored = restore(snapshot)
    assert restored.is_complete
    assert state_of(tmp_path) == before
    assert not (site / "new").exists()
    assert not (site / "~ld").exists()
    assert (site / "empty").is_dir()


def test_putting_back_may_be_repeated(tmp_path, site):
    before = state_of(tmp_path)
    snapshot = take(tmp_path, "1")
    install(site)
    restore(snapshot)
    second = restore(snapshot)
    assert (second.files_restored, second.files_removed, second.is_complete) == (0, 0, True)
    assert state_of(tmp_path) == before


def test_putting_back_that_was_interrupted_goes_on(tmp_path, site, monkeypatch):
    before = state_of(tmp_path)
    snapshot = take(tmp_path, "1")
    install(site)
    real, calls = snapshots._put, []

    def stops_after_one(kept, file):
        calls.append(file)
        if len(calls) > 1:
            raise KeyboardInterrupt
        real(kept, file)

    monkeypatch.setattr(snapshots, "_put", stops_after_one)
    with pytest.raises(KeyboardInterrupt):
        restore(snapshot)
    monkeypatch.setattr(snapshots, "_put", real)
    assert restore(snapshot).is_complete
    assert state_of(tmp_path) == before


def test_a_finished_installation_is_put_back_exactly(tmp_path, site):
    before = state_of(tmp_path)
    snapshot = take(tmp_path, "1")
    install(site)
    note_created(snapshot)
    assert restore(snapshot).is_complete
    assert state_of(tmp_path) == before


def test_what_a_person_added_later_stays(tmp_path, site):
    snapshot = take(tmp_path, "1")
    install(site)
    note_created(snapshot)
    (site / "mine.py").write_text("later")
    assert restore(snapshot).is_complete
    assert (site / "mine.py").read_text() == "later"


def test_what_a_person_changed_later_stays_and_is_named(tmp_path, site):
    snapshot = take(tmp_path, "1")
    install(site)
    note_created(snapshot)
    (site / "new" / "c.py").write_text("changed by hand")
    (site / "same.py").unlink()
    (site / "same.py").write_text("upgraded later")
    restored = restore(snapshot)
    assert not restored.is_complete
    words = str(restored.not_restored[0])
    assert words.startswith("2 files were changed since")
    assert "new/c.py" in words
    assert "same.py" in words
    assert (site / "same.py").read_text() == "upgraded later"


def test_byte_code_made_later_goes_with_its_source(tmp_path, site):
    snapshot = take(tmp_path, "1")
    install(site)
    note_created(snapshot)
    (site / "new" / "__pycache__").mkdir()
    (site / "new" / "__pycache__" / "c.cpython-311.pyc").write_bytes(b"x")
    restore(snapshot)
    assert not (site / "new").exists()


def test_a_disk_without_hard_links_gets_copies(tmp_path, site, monkeypatch):
    def refuse(*names):
        raise OSError(1, "not permitted")

    monkeypatch.setattr(os, "link", refuse)
    before = state_of(tmp_path)
    snapshot = take(tmp_path, "1")
    install(site)
    assert restore(snapshot).is_complete
    assert state_of(tmp_path) == before


def test_a_file_that_cannot_be_put_back_is_named(tmp_path, site, monkeypatch):
    snapshot = take(tmp_path, "1")
    install(site)

    def refuse(kept, file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "_put", refuse)
    assert "could not be put back" in str(restore(snapshot).not_restored[0])


def test_the_standard_library_is_not_touched(tmp_path, site):
    (tmp_path / "lib" / "python3.11" / "os.py").touch()
    (tmp_path / "lib" / "python3.11" / "json").mkdir()
    (tmp_path / "lib" / "python3.11" / "json" / "tool.py").touch()
    (tmp_path / "lib" / "libmkl.so").touch()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "mine.py").touch()
    found = set(relevant_files(tmp_path))
    assert not {"lib/python3.11/os.py", "lib/python3.11/json/tool.py", "src/mine.py", "pyvenv.cfg"} & found
    assert {"lib/libmkl.so", "bin/python", "lib/python3.11/site-packages/same.py"} <= found


def test_a_damaged_list_of_created_files_counts_as_unfinished(tmp_path, site):
    snapshot = take(tmp_path, "1")
    (snapshot.folder / "created.json").write_text(json.dumps([1]))
    install(site)
    assert restore(snapshot).is_complete


def test_forgetting_removes_the_kept_files(tmp_path, site):
    snapshot = take(tmp_path, "1")
    discard(snapshot)
    assert not snapshot.folder.exists()
    assert (site / "same.py").read_text() == "s"
