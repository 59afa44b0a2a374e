"""Fonts of the PDF and of its figures: DejaVu Sans, which comes with matplotlib, and what can be done beyond it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from matplotlib import get_data_path
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

BODY, BOLD, EAST = "Report", "Report-Bold", "HeiseiKakuGo-W5"
_FILES = {BODY: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
_EAST_ASIAN = ((0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))  # blocks of Unicode: kana, Han, full-width forms


@lru_cache(maxsize=1)
def register() -> None:
    """Make the fonts known to the PDF library, once."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(Path(get_data_path(), "fonts", "ttf", file))))
    pdfmetrics.registerFontFamily(BODY, normal=BODY, bold=BOLD, italic=BODY, boldItalic=BOLD)
    pdfmetrics.registerFont(UnicodeCIDFont(EAST))


def runs(text: str, font: str = BODY) -> list[tuple[str, str]]:
    """Return text as pieces of (font, text) that can be shown; a letter that no font has becomes its code point."""
    register()
    pieces: list[tuple[str, str]] = []
    for character in text:
        own, shown = _font_of(character, font)
        if pieces and pieces[-1][0] == own:
            pieces[-1] = (own, pieces[-1][1] + shown)
        else:
            pieces.append((own, shown))
    return pieces


def text_width(text: str, font: str, size_pt: float) -> float:
    """Return the width of a line of text in points."""
    return sum(float(pdfmetrics.stringWidth(piece, own, size_pt)) for own, piece in runs(text, font))


def markup(text: str, font: str = BODY) -> str:
    """Return text for a paragraph: nothing in it is markup, and every piece names its font."""
    return "".join(
        escape(piece) if own == font else f'<font name="{own}">{escape(piece)}</font>'
        for own, piece in runs(text, font)
    )


@lru_cache(maxsize=4096)
def _font_of(character: str, font: str) -> tuple[str, str]:
    code = ord(character)
    if character in "\n\t":
        return font, " "
    for own in (font, BODY):
        if own == EAST or code in pdfmetrics.getFont(own).face.charToGlyph:
            return own, character
    if any(first <= code <= last for first, last in _EAST_ASIAN):
        return EAST, character
    return font, f"[U+{code:04X}]"
