"""One identifier in all its spellings: any case, URL-escaped, JSON-escaped, as an entity, cut short."""

from __future__ import annotations

import re
import unicodedata

from gpuproof.core.report.privacy.public_words import is_product_word, public_words

_SHORTEST_CUT = 6  # a prefix of this length is taken for the identifier (Windows 8.3 names, ps columns)
_COMMON = ("vocabulary", "public_segments", "public_programs")
_SHORT_NAME = 5  # up to this length an identifier only counts as a whole word


def spelling_pattern(value: str) -> str:
    """Return a regular expression (for IGNORECASE) that finds an identifier however it was written down."""
    characters = [_character(one) for one in unicodedata.normalize("NFC", value)]
    whole = "".join(characters)
    if value.isdigit():  # a serial, or a name that could be part of any measured number
        return rf"(?<![A-Za-z0-9.]){whole}(?![A-Za-z0-9]|\.\d)"
    if len(value) <= _SHORT_NAME and value.isascii():
        return rf"(?<![A-Za-z0-9]){whole}(?![A-Za-z0-9])"
    least = _least_prefix(value)
    if least >= len(value):
        return whole
    tail = ""
    for character in reversed(characters[least:]):
        tail = f"(?:{character}{tail})?"
    cut = rf"(?<![A-Za-z0-9]){''.join(characters[:least])}{tail}(?![A-Za-z0-9]|%[3-7][0-9A-Fa-f])"
    return f"(?:{whole}|{cut})"


def is_only_by_position(value: str) -> bool:
    """Tell whether a name is too common a word to be searched for; it then counts only where names stand."""
    shortest = 3 if value.isascii() else 2
    is_common = any(value.casefold() in public_words(name) for name in _COMMON)
    return len(value) < shortest or is_common or is_product_word(value) or _could_be_measured(value)


def _could_be_measured(value: str) -> bool:
    # 0000 is where every PCI address begins, 8192 an amount of memory, 0.5 a share
    try:
        float(value)
    except ValueError:
        return False
    return len(value) <= _SHORT_NAME or "." in value or not value.strip("0")


def _least_prefix(value: str) -> int:
    """Return how many characters identify a cut form; a leading everyday word alone (DESKTOP-) does not."""
    if not value.isascii():
        return len(value)
    folded = value.casefold()
    lengths = [len(word) for word in public_words("vocabulary") if folded.startswith(word)]
    lengths += [length for length in range(_SHORTEST_CUT, len(folded)) if is_product_word(folded[:length])]
    leading = max(lengths, default=0)
    return max(_SHORTEST_CUT, leading + 2 if leading else 0)


def _character(one: str) -> str:
    forms = {re.escape(one)}
    for variant in {one, one.lower(), one.upper()}:
        forms.add("".join(f"%{byte:02X}" for byte in variant.encode("utf-8", "replace")))
        if not one.isascii():
            forms.add("".join(rf"\\u{unit:04x}" for unit in _utf16(variant)))
            forms.add("".join(rf"\\x{byte:02x}" for byte in variant.encode("utf-8", "replace")))
            forms |= {f"&#{ord(c)};" for c in variant} | {f"&#x{ord(c):x};" for c in variant}
            forms.add(re.escape(unicodedata.normalize("NFD", variant)))
    return f"(?:{'|'.join(sorted(forms))})"


def _utf16(one: str) -> list[int]:
    data = one.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
