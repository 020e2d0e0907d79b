"""What the window remembers between two starts: language, look, text size, place; in an INI file of this person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from PySide6.QtCore import QByteArray, QLocale, QSettings

if TYPE_CHECKING:
    from gpuproof.core.words import Language

Look = Literal["system", "light", "dark"]
LOOKS: tuple[Look, ...] = ("system", "light", "dark")


class Preferences:
    """Reads damaged or missing values as the default. ``file`` None: the place that the system uses."""

    def __init__(self, file: Path | None = None) -> None:
        if file is None:
            self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "gpuproof", "gpuproof")
        else:
            self._store = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def language(self) -> Language | None:
        """Return the chosen language; None while nobody has chosen."""
        found = self._store.value("language")
        return cast("Language", found) if found in ("en", "zh") else None

    @language.setter
    def language(self, chosen: Language) -> None:
        self._store.setValue("language", chosen)

    @property
    def look(self) -> Look:
        """Return the chosen look."""
        found = self._store.value("look")
        return cast(Look, found) if found in LOOKS else "system"

    @look.setter
    def look(self, chosen: Look) -> None:
        self._store.setValue("look", chosen)

    @property
    def text_scale(self) -> float:
        """Return the text size as a factor."""
        try:
            found = float(cast(str, self._store.value("text_scale", "1.0")))
        except (TypeError, ValueError):
            return 1.0
        return found if 0.8 <= found <= 2.0 else 1.0

    @text_scale.setter
    def text_scale(self, chosen: float) -> None:
        self._store.setValue("text_scale", str(chosen))

    @property
    def geometry(self) -> QByteArray | None:
        """Return where the window was."""
        found = self._store.value("geometry")
        return found if isinstance(found, QByteArray) else None

    @geometry.setter
    def geometry(self, place: QByteArray) -> None:
        self._store.setValue("geometry", place)

    @property
    def recent_files(self) -> tuple[str, ...]:
        """Return reports that were opened from elsewhere, newest first."""
        found = self._store.value("recent_files")
        listed = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        return tuple(str(path) for path in listed if path)[:8]

    def remember_file(self, path: Path) -> None:
        """Put a report at the head of the recent ones."""
        rest = [known for known in self.recent_files if known != str(path)]
        self._store.setValue("recent_files", [str(path), *rest][:8])

    def save(self) -> None:
        """Write to disk now."""
        self._store.sync()


def system_language() -> Language:
    """Return what the system speaks, as far as we do."""
    return "zh" if QLocale.system().language() == QLocale.Language.Chinese else "en"
