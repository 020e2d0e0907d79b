"""Our own icons: SVG drawn with ``currentColor``, tinted here, redrawn when the palette changes."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from gpuproof.gui.style import theme
from gpuproof.gui.style.folder import icon_folder

_MEMORY = "_gpuproof_icon"


def paint(painter: QPainter, name: str, colour: str, area: QRectF) -> None:
    """Draw an icon into an area."""
    _renderer(name, colour).render(painter, area)


def pixmap(name: str, colour: str, size: int) -> QPixmap:
    """Return an icon as a sharp picture for the screen's pixel ratio."""
    application = QApplication.instance()
    ratio = application.devicePixelRatio() if isinstance(application, QApplication) else 1.0
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint(painter, name, colour, QRectF(0, 0, picture.width(), picture.height()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def application_icon() -> QIcon:
    """Return the icon of the window."""
    icon = QIcon()
    for size in (16, 32, 64, 128):
        icon.addPixmap(pixmap("gpuproof", "#000000", size))
    return icon


def put_icon(target: QAbstractButton | QLabel, name: str, role: str = "text", size: int = 18) -> None:
    """Show an icon in a colour of the palette and remember it; ``role`` is a field of ``Colours``."""
    setattr(target, _MEMORY, (name, role, size))
    _show(target, name, role, size)


def retint(target: QAbstractButton | QLabel, role: str) -> None:
    """Show the icon that a widget has, if any, in another colour of the palette."""
    memory = getattr(target, _MEMORY, None)
    if memory is not None:
        put_icon(target, memory[0], role, memory[2])


def repeat(root: QObject) -> None:
    """Tint every remembered icon below the root again, after the palette changed."""
    for item in [root, *root.findChildren(QObject)]:
        memory = getattr(item, _MEMORY, None)
        if memory is not None and isinstance(item, QAbstractButton | QLabel):
            _show(item, *memory)


def _show(target: QAbstractButton | QLabel, name: str, role: str, size: int) -> None:
    scaled = theme.px(size)
    picture = pixmap(name, str(getattr(theme.colours(), role)), scaled)
    if isinstance(target, QLabel):
        target.setPixmap(picture)
    else:
        icon = QIcon(picture)
        icon.addPixmap(pixmap(name, theme.colours().muted, scaled), QIcon.Mode.Disabled)
        target.setIcon(icon)
        target.setIconSize(QSize(scaled, scaled))


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return (icon_folder() / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str):  # type: ignore[no-untyped-def]  # QtSvg is loaded with the first icon
    from PySide6.QtSvg import QSvgRenderer

    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode("utf-8")))
