"""Progress from the bytes on the disk: it grows, ends below one, and names what can be named."""

import pytest

from gpuproof.core.setup.resolve import Item, Resolution
from gpuproof.core.setup.watching import InstallProgress, InstallWatch, bytes_below, unpacked_bytes

WHEELS = Resolution(
    (
        Item(name="torch", version="2.13.0", url="https://x/torch.whl", size_bytes=1_000_000),
        Item(name="numpy", version="2.0", url="file:///x/numpy.whl", size_bytes=200_000),
    )
)


def watch_of(tmp_path, monkeypatch, seen):
    clock = iter(range(1, 1000))
    monkeypatch.setattr("gpuproof.core.setup.watching.time.monotonic", lambda: float(next(clock)))
    return InstallWatch(tmp_path, WHEELS, seen.append)


def test_local_files_are_no_download():
    assert (WHEELS.download_bytes, WHEELS.total_bytes) == (1_000_000, 1_200_000)


def test_a_download_is_measured_with_speed_and_time_left(tmp_path, monkeypatch):
    seen = []
    with watch_of(tmp_path, monkeypatch, seen) as watch:
        watch.note_line("Collecting torch==2.13.0")
        folder = next(tmp_path.glob(".gpuproof-install-*"))
        for size in (100_000, 300_000, 500_000):
            (folder / "part").write_bytes(b"x" * size)
            assert watch.tick()
    last = seen[-1]
    assert (last.phase, last.package, last.done_bytes, last.total_bytes) == ("downloading", "torch", 500_000, 1_000_000)
    assert last.bytes_per_s == 200_000
    assert last.remaining_s == 2.5
    assert [progress.fraction for progress in seen] == sorted(progress.fraction for progress in seen)


def test_the_installation_follows_and_never_goes_back(tmp_path, monkeypatch):
    seen = []
    with watch_of(tmp_path, monkeypatch, seen) as watch:
        (next(tmp_path.glob(".gpuproof-install-*")) / "part").write_bytes(b"x" * 1_000_000)
        watch.tick()
        watch.note_line("Installing collected packages: numpy, torch")
        watch.tick()
        (tmp_path / "torch.so").write_bytes(b"x" * 9_000_000)
        watch.tick()
    assert [progress.phase for progress in seen] == ["downloading", "installing", "installing"]
    assert seen[0].fraction <= seen[1].fraction < seen[2].fraction <= 0.99


def test_former_files_that_are_taken_away_are_movement_and_no_step_back(tmp_path, monkeypatch):
    seen = []
    with watch_of(tmp_path, monkeypatch, seen) as watch:
        watch.note_line("Installing collected packages: torch")
        (tmp_path / "torch.so").write_bytes(b"x" * 3_000_000)
        watch.tick()
        (tmp_path / "torch.so").write_bytes(b"x" * 1_000_000)
        assert watch.tick()
        assert not watch.tick()
    assert [progress.done_bytes for progress in seen] == [3_000_000] * 3


def test_nothing_new_is_no_movement(tmp_path, monkeypatch):
    with watch_of(tmp_path, monkeypatch, []) as watch:
        assert not watch.tick()


def test_its_folder_is_gone_afterwards(tmp_path, monkeypatch):
    with watch_of(tmp_path, monkeypatch, []) as watch:
        assert bytes_below(tmp_path) == 0
        assert set(watch.environment) == {"TMPDIR", "TEMP", "TMP"}
    assert list(tmp_path.iterdir()) == []


def progress(**changes):
    return InstallProgress(
        **{
            "phase": "downloading", "package": "torch", "fraction": 0.456, "done_bytes": 85_000_000,
            "total_bytes": 190_000_000, "bytes_per_s": 12_340_000.0, "remaining_s": 8.6, **changes,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Downloading torch: 46 %, 85 of 190 MB, 12.3 MB/s, about 9 s left"),
        ({"bytes_per_s": None, "remaining_s": None}, "Downloading torch: 46 %, 85 of 190 MB"),
        ({"phase": "installing"}, "Installing torch: 46 %, 85 of about 190 MB on the disk"),
    ],
)
def test_a_line_for_the_log(changes, words):
    assert str(progress(**changes).words()) == words


def test_cuda_libraries_unpack_to_less_than_torch():
    assert unpacked_bytes(200_000_000) == 840_000_000
    assert unpacked_bytes(3_000_000_000) == 6_550_000_000
