"""What a PDF of ours says and draws, read without a library: its text, its shapes, the fonts inside."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class PdfContent:
    """``text`` is without white space, as lines and pages break elsewhere with other fonts.

    ``shapes`` counts path operators by the colour they are drawn in. ``made_with``: the writer, the embedded fonts.
    """

    text: str
    shapes: Counter[tuple[str, str]]
    made_with: tuple[str, ...]


def read_pdf(data: bytes) -> PdfContent:
    """Return the content of a PDF as Qt writes it."""
    objects = {int(found[1]): found[2] for found in re.finditer(rb"(?s)\n(\d+) 0 obj\n(.*?)\nendobj", data)}
    fonts = {number: _characters(objects, body) for number, body in objects.items() if b"/ToUnicode" in body}
    words, shapes = [], Counter[tuple[str, str]]()
    for page in (body for body in objects.values() if b"/Type /Page\n" in body):
        contents = re.search(rb"/Contents (\d+) 0 R", page)
        assert contents is not None
        stream = _stream(objects[int(contents[1])]).decode("ascii")
        words.append(_text(stream, fonts))
        shapes += _shapes(stream)
    bodies = [body for body in objects.values() if b"/FontBBox" in body]
    kinds = [re.sub(rb"/FontName /\w+\+|/FontFile2 .*|/CIDSet.*", b"", body).decode("latin-1") for body in bodies]
    producer = re.search(rb"/Producer \(([^)]*)\)", data)
    return PdfContent("".join("".join(words).split()), shapes, (repr(producer and producer[1]), *sorted(kinds)))


def _stream(body: bytes) -> bytes:
    found = re.search(rb"(?s)stream\n(.*)\nendstream", body)
    assert found is not None
    return zlib.decompress(found[1])


def _characters(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    """Return what each glyph of a font stands for."""
    number = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert number is not None
    table: dict[int, str] = {}
    for start, _, codes in re.findall(rb"<(\w{4})> <(\w{4})> \[([^\]]*)\]", objects[int(number[1])]):
        for offset, code in enumerate(re.findall(rb"<(\w+)>", codes)):
            table[int(start, 16) + offset] = bytes.fromhex(code.decode()).decode("utf-16-be")
    return table


def _text(stream: str, fonts: dict[int, dict[int, str]]) -> str:
    found, font = [], 0
    for name, glyphs in re.findall(r"/F(\d+) [\d.]+ Tf|<(\w+)> Tj", stream):
        if name:
            font = int(name)
        found += [fonts[font][int(glyphs[at : at + 4], 16)] for at in range(0, len(glyphs), 4)]
    return "".join(found)


def _shapes(stream: str) -> Counter[tuple[str, str]]:
    without_text = re.sub(r"(?s)\nBT\n.*?\nET\n", "\n", stream)
    found, colours = Counter[tuple[str, str]](), {"scn": "", "SCN": ""}
    for numbers, operator in re.findall(r"((?:-?[\d.]+ )*)(\w+\*?)(?=\s)", without_text):
        if operator in colours:
            colours[operator] = " ".join(f"{float(part):.3f}" for part in numbers.split()[:3])
        elif operator in ("re", "m", "l", "c", "f", "f*", "S", "s", "B", "B*"):
            found[operator, colours["scn" if operator.startswith(("f", "re", "B")) else "SCN"]] += 1
    return found
