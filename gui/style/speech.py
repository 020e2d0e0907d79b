"""Words on widgets that can be said again in another language while the window is open.

A widget remembers its ``Text`` per setter; ``repeat`` walks the widgets below a root and says everything anew.
Widgets that paint or format by themselves implement ``retranslate``.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from gpuproof.core.words import Language, Text, literal

_MEMORY = "_gpuproof_words"
_current: Language = "en"


def language() -> Language:
    """Return the language that is spoken now."""
    return _current


def choose(new: Language) -> None:
    """Speak this language from now on; ``repeat`` makes what stands on the screen follow."""
    global _current
    _current = new


def say(words: Text) -> str:
    """Return the words in the present language."""
    return words.render(_current)


def put(target: QObject, words: Text, setter: str = "setText") -> None:
    """Show words through a setter of the target and remember them."""
    remembered(target)[setter] = words
    getattr(target, setter)(say(words))


def put_data(target: QObject, data: str, setter: str = "setText") -> None:
    """Show data that is the same in every language."""
    put(target, literal(data), setter)


def remembered(target: QObject) -> dict[str, Text]:
    """Return what was said through each setter of a target; changing it changes what is repeated."""
    memory: dict[str, Text] | None = getattr(target, _MEMORY, None)
    if memory is None:
        memory = {}
        setattr(target, _MEMORY, memory)
    return memory


def repeat(root: QObject) -> None:
    """Say everything below the root again."""
    items: list[Any] = [root, *root.findChildren(QObject)]
    for item in items:
        for setter, words in getattr(item, _MEMORY, {}).items():
            getattr(item, setter)(say(words))
    # widgets that put words together read those of their children, so they come after all of them
    for item in items:
        retranslate = getattr(item, "retranslate", None)
        if retranslate is not None:
            retranslate()
