"""Fonts of the PDF: the ones that come with the PDF library, and what can be done for letters they lack."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

BODY, BOLD, MORE, EAST = "Report", "Report-Bold", "Report-More", "HeiseiKakuGo-W5"
# Fonts with more letters, where systems keep them; without any, such letters are written as their code points.
_PLACES = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "C:/Windows/Fonts/arial.ttf",
)
_EAST_ASIAN = ((0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))


@lru_cache(maxsize=1)
def register() -> None:
    """Make the fonts known to the PDF library, once."""
    pdfmetrics.registerFont(TTFont(BODY, "Vera.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, "VeraBd.ttf"))
    pdfmetrics.registerFontFamily(BODY, normal=BODY, bold=BOLD, italic=BODY, boldItalic=BOLD)
    pdfmetrics.registerFont(UnicodeCIDFont(EAST))
    more = _more()
    if more is not None:
        pdfmetrics.registerFont(more)


@lru_cache(maxsize=1)
def _more() -> TTFont | None:
    for place in _PLACES:
        if Path(place).exists():
            try:
                return TTFont(MORE, place)
            except TTFError:
                continue
    return None


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
    if code in pdfmetrics.getFont(font).face.charToGlyph:
        return font, character
    more = _more()
    if more is not None and code in more.face.charToGlyph:
        return MORE, character
    if any(first <= code <= last for first, last in _EAST_ASIAN):
        return EAST, character
    return font, f"[U+{code:04X}]"
