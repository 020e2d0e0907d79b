"""Measures what the window promises, as ratios inside one run: ``gui_figures.py [--quick]`` prints one JSON line.

- first_paint_ratio: start of the process to the first paint, against an empty PySide6 window (median of pairs);
  ready_ms: until everything is loaded
- gui_gap_p99_ms: intervals of a 5 ms timer of the window's thread beyond its 5 ms, while a child loads all cores and
  sends 20 samples a second to eight GPUs' tracks and the graphs are drawn; without_graphs: the same load, nothing
  drawn, which is what the machine itself adds
- graphs_core_percent: processor time of the graphs at 10 Hz in percent of one core, above the same window at rest
- memory_mib: resident memory of the whole window after an hour of samples at 10 Hz with eight GPUs
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_EMPTY = """
import sys, time
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(time.time()); sys.stdout.flush()
        import os; os._exit(0)
application = QApplication(sys.argv[:1])
application.setStyle("Fusion")
window = Window(); window.resize(1240, 840); window.show()
application.exec()
"""
_OURS = f"""
import sys, time
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
import gpuproof.gui.main as entry
import gpuproof.gui.session as session
class Window(session.Shell):
    seen = False
    def paintEvent(self, event):
        super().paintEvent(event)
        if not Window.seen:
            Window.seen = True
            print(time.time()); sys.stdout.flush()
session.Shell = Window
def filled(window):
    print(time.time()); sys.stdout.flush()
    import os; os._exit(0)
entry.main("en", preferences_file=Path(sys.argv[1]) / "app.ini", when_open=filled)
"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats, a shorter load")
    parser.add_argument("--part", choices=("live", "memory"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.part == "live":
        print(json.dumps(measure_live(3.0 if wanted.quick else 12.0)))
        return 0
    if wanted.part == "memory":
        print(json.dumps(measure_memory()))
        return 0
    found = conditions()
    figures = measure_first_paint(5 if wanted.quick else 15)
    live = [sys.executable, __file__, "--part", "live", *(["--quick"] if wanted.quick else [])]
    figures |= json.loads(subprocess.run(live, capture_output=True, text=True, check=True).stdout)
    memory = [sys.executable, __file__, "--part", "memory"]
    figures |= json.loads(subprocess.run(memory, capture_output=True, text=True, check=True).stdout)
    print(json.dumps({**found, **figures}))
    return 0


def conditions() -> dict[str, Any]:
    """Return what the figures were taken with; ``waiting_percent`` is how long work waited for a core just before."""
    from importlib.metadata import version

    pressure = Path("/proc/pressure/cpu")
    words = pressure.read_text(encoding="utf-8").split() if pressure.is_file() else []
    return {
        "taken_at": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
        "platform": "x11" if os.environ.get("DISPLAY") else os.environ.get("QT_QPA_PLATFORM", ""),
        "cores": os.cpu_count(),
        "python": sys.version.split()[0],
        "pyside": version("PySide6-Essentials"),
        "waiting_percent": float(words[1].partition("=")[2]) if len(words) > 1 else None,
    }


def measure_first_paint(pairs: int) -> dict[str, float]:
    """Start an empty window and ours by turns; every pair gives a ratio."""
    with tempfile.TemporaryDirectory() as folder:
        _seconds(_EMPTY, folder)
        _seconds(_OURS, folder)
        rows = [(_seconds(_EMPTY, folder), _seconds(_OURS, folder)) for _ in range(pairs)]
    ratios = [ours[0] / empty[0] for empty, ours in rows]
    return {
        "first_paint_ratio": round(statistics.median(ratios), 3),
        "first_paint_ms": round(1000 * statistics.median(ours[0] for _, ours in rows)),
        "empty_window_ms": round(1000 * statistics.median(empty[0] for empty, _ in rows)),
        "ready_ms": round(1000 * statistics.median(ours[1] for _, ours in rows)),
    }


def _seconds(script: str, folder: str) -> list[float]:
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", script, folder], capture_output=True, text=True, timeout=60, check=True
    )
    return [float(line) - began for line in done.stdout.split()]


def measure_live(seconds: float) -> dict[str, float]:
    """Draw six graphs while everything else is busy, then feed an hour."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from gpuproof.gui.collector import Collector
    from gpuproof.gui.style import theme
    from gpuproof.gui.views.graph_board import GraphBoard

    application = QApplication([])
    application.setStyle("Fusion")
    collector = Collector()
    theme.apply(application, "light")
    board = GraphBoard()
    board.resize(1100, 800)
    board.show()
    board.begin()
    collector.settle()
    feed = QTimer()
    clock = {"tick": 0}

    def tick() -> None:
        clock["tick"] += 1
        board.take(samples(clock["tick"] / 20))

    feed.timeout.connect(tick)
    board._redraw.stop()
    board._words.stop()
    feed.start(50)
    resting = _core_share(application, seconds)
    board._redraw.start()
    board._words.start()
    drawing = _core_share(application, seconds)
    with _Load():
        gaps = _gaps(application, seconds)
        board._redraw.stop()
        board._words.stop()
        feed.stop()
        idle_gaps = _gaps(application, seconds)
    board.stop()
    collector.stop()
    return {
        "graphs_core_percent": round(100 * (drawing - resting), 2),
        "gui_gap_p99_ms": round(sorted(gaps)[int(len(gaps) * 0.99)], 2),
        "gui_gap_max_ms": round(max(gaps), 2),
        "gui_gap_p99_without_graphs_ms": round(sorted(idle_gaps)[int(len(idle_gaps) * 0.99)], 2),
    }


def measure_memory() -> dict[str, float]:
    """Feed an hour of eight GPUs at 10 Hz to the benchmark step of a whole window."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    import psutil
    from PySide6.QtWidgets import QApplication

    from gpuproof.gui.main import main as open_window

    figures: dict[str, float] = {}

    def feed(window: Any) -> None:
        for page in ("start", "inspect", "recommend", "benchmark"):
            window.open_page(page)
        step = window.page("benchmark")
        step.begin()
        for number in range(36_000):
            step.take(samples(number / 10))
            if number % 600 == 0:
                step.board.draw_all()
                QApplication.processEvents()
        figures["memory_mib"] = round(psutil.Process().memory_info().rss / 2**20, 1)
        window.close()

    with tempfile.TemporaryDirectory() as folder:
        os.environ["GPUPROOF_DATA_DIR"] = folder
        open_window("en", preferences_file=Path(folder) / "app.ini", when_open=feed)
    return figures


def samples(at_s: float) -> list[object]:
    """Eight GPUs and the host at one moment, and a block every second."""
    from gpuproof.core.bench.model import Block, TelemetrySample

    wave = (at_s * 7) % 10
    rows: list[object] = [
        TelemetrySample(
            at_s=at_s, gpu=gpu, utilisation_percent=80 + wave, memory_used_mib=3000 + 10 * wave, power_w=500 + wave,
            power_instant_w=510 - wave, temperature_celsius=50 + wave, sm_clock_mhz=1700 + wave, memory_clock_mhz=2619,
            process_memory_mib=2800,
        )
        for gpu in range(8)
    ]  # fmt: skip
    rows.append(TelemetrySample(at_s=at_s, cpu_percent=50 + wave, process_cpu_percent=300.0))
    if round(at_s * 20) % 20 == 0:
        rows.append(Block(device="cuda:0", phase="gpu", variant="fp16", index=round(at_s), is_warm_up=False,
                          frames=6000, duration_s=1.0, started_s=at_s))  # fmt: skip
    return rows


def _core_share(application: object, seconds: float) -> float:
    used, began = time.process_time(), time.perf_counter()
    _spin(application, seconds)
    return (time.process_time() - used) / (time.perf_counter() - began)


def _gaps(application: object, seconds: float) -> list[float]:
    from PySide6.QtCore import Qt, QTimer

    gaps: list[float] = []
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.append(max(0.0, 1000 * (now - last[0]) - 5.0))
        last[0] = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(5)
    _spin(application, seconds)
    timer.stop()
    return gaps[5:]


def _spin(application: object, seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


class _Load:
    """Children that keep every core busy, at the lower priority that the benchmark's children have."""

    def __enter__(self) -> None:
        code = "import os\nos.nice(5) if hasattr(os, 'nice') else None\nwhile True: sum(range(100000))"
        self._children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(os.cpu_count() or 1)]

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.kill()
            child.wait()


if __name__ == "__main__":
    sys.exit(main())
