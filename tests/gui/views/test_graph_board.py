"""The live graphs as a person uses them: pause, another GPU, the value under the mouse, saving, and the wheel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers.wizard import a_long_result
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from gpuproof.core.bench.model import TelemetrySample
from gpuproof.gui.collector import Collector
from gpuproof.gui.style import theme
from gpuproof.gui.views.graph_board import GraphBoard


@pytest.fixture
def board(qapp: QApplication) -> Iterator[GraphBoard]:
    collector = Collector()
    theme.apply(qapp, "light")
    made = GraphBoard()
    made.setMinimumSize(200, 200)
    made.resize(1100, 800)
    made.show()
    made.begin()
    yield made
    made.stop()
    made.deleteLater()
    collector.stop()
    qapp.setStyleSheet("")


def _value(board: GraphBoard, key: str) -> str:
    return next(card for card in board.cards if card.spec.key == key)._value.text()


def test_the_newest_values_stand_beside_the_titles(board: GraphBoard) -> None:
    board.take([TelemetrySample(at_s=1.0, gpu=0, power_w=321.4, power_instant_w=340.0, temperature_celsius=61.0)])
    board.draw_all()
    assert _value(board, "power") == "321  /  340"
    assert _value(board, "temperature") == "61.0"
    assert _value(board, "clocks") == "–"


def test_the_value_under_the_mouse_is_read_out(board: GraphBoard) -> None:
    board.take(a_long_result().telemetry)
    board.draw_all()
    board.cards[0].graph.hovered.emit(30.0)
    assert _value(board, "utilisation") == "98.0"
    assert board._phase.text() == "at 30.0 s"
    assert board.cards[0].graph._cursor.pen.isCosmetic()
    board.cards[0].graph.hovered.emit(5.0)
    assert _value(board, "utilisation") == "0"
    QApplication.sendEvent(board.cards[0].graph._plot.viewport(), QEvent(QEvent.Type.Leave))
    assert _value(board, "utilisation") == "0"
    assert board._hover_s is None


def test_another_gpu_can_be_drawn(board: GraphBoard) -> None:
    board.take([TelemetrySample(at_s=1.0, gpu=gpu, temperature_celsius=40.0 + gpu) for gpu in (0, 3)])
    board.draw_all()
    assert _value(board, "temperature") == "40.0"
    assert board._choice.count() == 2
    assert board._choice.isVisible()
    board._choice.setCurrentIndex(1)
    board.draw_all()
    assert _value(board, "temperature") == "43.0"


def test_a_pause_holds_the_picture_and_loses_nothing(board: GraphBoard) -> None:
    board.take([TelemetrySample(at_s=1.0, gpu=0, power_w=100.0)])
    board.draw_all()
    board.toggle_pause()
    power = next(card for card in board.cards if card.spec.key == "power")
    before = power.graph._revisions["power"]
    board.take([TelemetrySample(at_s=2.0, gpu=0, power_w=200.0)])
    for _ in board.cards:
        board.draw_next()
    assert power.graph._revisions["power"] == before
    assert board.pause_button.accessibleName() == "Go on drawing"
    board.toggle_pause()
    for _ in board.cards:
        board.draw_next()
    assert power.graph._revisions["power"] == before + 1


def test_phases_are_shaded_and_the_gpu_phase_more_strongly(board: GraphBoard) -> None:
    board.take([*a_long_result().blocks])
    board.draw_all()
    assert [is_strong for _, _, is_strong in board.cards[0].graph._spans] == [False, True, False]


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_the_graphs_are_saved(board: GraphBoard, tmp_path: Path, kind: str) -> None:
    board.take(a_long_result().telemetry)
    board.draw_all()
    path = tmp_path / f"graphs.{kind}"
    assert board.save(kind, path) is None
    assert path.stat().st_size > 1000
    if kind == "png":
        assert not QImage(str(path)).isNull()


def test_a_folder_that_is_not_there_is_said_in_words(board: GraphBoard, tmp_path: Path) -> None:
    trouble = board.save("csv", tmp_path / "no" / "graphs.csv")
    assert trouble is not None
    assert "could not be written" in trouble.render()


@pytest.mark.parametrize(
    ("keys", "zooms"), [(Qt.KeyboardModifier.NoModifier, False), (Qt.KeyboardModifier.ControlModifier, True)]
)
def test_the_wheel_scrolls_the_page_and_zooms_with_ctrl(
    board: GraphBoard, qapp: QApplication, keys: Any, zooms: bool
) -> None:
    graph = board.cards[0].graph
    qapp.processEvents()
    viewport = graph._plot.viewport()
    middle = QPointF(viewport.width() / 2, viewport.height() / 2)
    before = graph._item.getViewBox().viewRange()[0]
    event = QWheelEvent(middle, viewport.mapToGlobal(middle), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, keys,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(viewport, event)
    assert (graph._item.getViewBox().viewRange()[0] != before) == zooms
    board.reset_zoom()
    assert graph._item.getViewBox().viewRange()[0] == pytest.approx([0, 30], abs=31)


def test_ticks_are_written_as_figures_are(board: GraphBoard) -> None:
    axis = board.cards[0].graph._item.getAxis("left")
    shown = axis.tickStrings([0.0, 0.6000000000000001, 5000.0, 15000.0], 1.0, 5000.0)
    assert shown == ["0", "0.6", "5\u202f000", "15\u202f000"]


def test_what_goes_on_now_is_said_in_words(board: GraphBoard) -> None:
    result = a_long_result()
    board.take([block for block in result.blocks if block.phase == "cpu"])
    board.renew_words()
    assert board._phase.text() == "now on the CPU"


def test_a_new_run_does_not_begin_on_the_scale_of_the_last_one(board: GraphBoard) -> None:
    before = board.cards[0].graph._item.viewRange()[1]
    board.take(a_long_result().blocks)
    board.draw_all()
    assert board.cards[0].graph._item.viewRange()[1] != before
    board.begin()
    assert board.cards[0].graph._item.viewRange()[1] == before
