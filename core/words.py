"""Words for people: English templates with named placeholders, translated when shown and never before.

The English template is the key of the translation tables ``assets/translations/<language>/*.json`` (a flat object,
English template to translated template, one file for each part of the product). Facts, findings and reports carry
``Text`` values, so a report that was written in English can be read in Chinese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

# Not str.format: templates also come from other people's reports, where "{x:>999999999}" must stay five letters.
_PLACEHOLDER = re.compile(r"\{(\w{1,40})\}")


@lru_cache(maxsize=4)
def translations(language: str) -> dict[str, str]:
    """Return every translated template of one language; empty for English, whose templates are the keys."""
    if language == "en":
        return {}
    import json  # these two take longer to load than a light command in English may need
    from importlib import resources

    table: dict[str, str] = {}
    folder = resources.files("gpuproof.assets").joinpath("translations").joinpath(language)
    if not folder.is_dir():
        return table
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".json"):
            table.update(json.loads(file.read_text(encoding="utf-8")))
    return table


@lru_cache(maxsize=4)
def _known_values(language: str) -> dict[str, str]:
    """Return the system's own sentences (``Permission denied``), which stand in ours as values."""
    if language == "en":
        return {}
    import json
    from importlib import resources

    file = resources.files("gpuproof.assets").joinpath("translations").joinpath(language).joinpath("values.json")
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence for a person, with its values; hashable, comparable, and cheap to carry."""

    template: str
    values: tuple[tuple[str, str], ...] = ()

    def render(self, language: str = "en") -> str:
        """Return the sentence in the language, or in English where no translation exists."""
        template = translations(language).get(self.template, self.template)
        if not self.values:
            return template
        known = _known_values(language)
        values = {name: known.get(value, value) for name, value in self.values}
        return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)

    def filled(self, **values: object) -> Text:
        """Return the sentence with these values, for one that is kept in a table without them."""
        return Text(self.template, tuple((name, str(value)) for name, value in values.items()))

    def __str__(self) -> str:
        return self.render()


def text(template: str, **values: object) -> Text:
    """Make a ``Text``. The template must be a literal, so that a test can find it and its translation.

    Placeholders are plain names in braces; any other brace stands for itself, and one without a value stays visible.
    """
    return Text(template, tuple((name, str(value)) for name, value in values.items()))


def literal(words: str) -> Text:
    """Make a ``Text`` of data that is the same in every language: a command, a file's line, a device name."""
    return Text("{literal}", (("literal", words),))
