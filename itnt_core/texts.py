"""Characters that nobody sees: which may stand in a name, and how the others are shown, marked or left out.

Control characters move a terminal's cursor, direction marks show a name in another order than it is stored, invisible
ones make two names look like one. The writing systems themselves need none of them, with one exception: the joiners
U+200C and U+200D shape Persian, the Indic scripts and joined emoji. They are allowed where they do that, after a
letter, mark or symbol that is not ASCII; anywhere else (as in "ad<U+200D>min") they only hide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

REPLACED = "\N{REPLACEMENT CHARACTER}"
_JOINERS = "\u200c\u200d"
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_UNKNOWN = ("Cn", "Co")  # without a meaning that all share: allowed in names, as next year's emoji must be
# Format characters that are seen: number signs and verse marks of Arabic, Syriac and Kaithi.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")


def unseen(text: str, *, lines: bool = False) -> Iterator[int]:
    """Yield the places of the characters that may not stand in a name; ``lines`` allows line breaks and tabs."""
    if text.isprintable():  # which is most of what is asked for, and quick to know
        return
    for place, character in enumerate(text):
        if character.isprintable() or (lines and _breaks_line(text, place)):
            continue
        if _is_unseen(character) and not (character in _JOINERS and _joins(text, place)):
            yield place


def _is_unseen(character: str) -> bool:
    code = ord(character)
    nothing = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # never characters, and XML cannot hold them
    return nothing or (unicodedata.category(character) in _UNSEEN and character not in _SEEN)


def _breaks_line(text: str, place: int) -> bool:
    return text[place] in "\n\t" or text[place : place + 2] == "\r\n"


def _joins(text: str, place: int) -> bool:
    before = text[place - 1] if place else " "
    return not before.isascii() and unicodedata.category(before)[0] in "LMS"


def name_problem(text: str, *, lines: bool = False) -> str | None:
    """Say which character of a name or text nobody can see, None when there is none."""
    place = next(unseen(text, lines=lines), None)
    return None if place is None else f"the character U+{ord(text[place]):04X} may not stand in it"


def visible(text: str, keep: str = "") -> str:
    """Return a text with every unseen or unknown character but those of ``keep`` escaped, as in ``a\\x1b[31m``."""
    if text.isprintable():
        return text
    places = {place for place in unseen(text) if text[place] not in keep}
    return "".join(
        _escaped(char) if place in places or unicodedata.category(char) in _UNKNOWN else char
        for place, char in enumerate(text)
    )


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def marked(text: str, *, lines: bool = False) -> str:
    """Return a text of this program's own files with every unseen character as U+FFFD, so that its place is seen."""
    places = set(unseen(text, lines=lines))
    return "".join(REPLACED if place in places else char for place, char in enumerate(text)) if places else text


def file_stem(name: str, otherwise: str) -> str:
    """Return a name as the beginning of a file's: plain letters, digits and hyphens; ``otherwise`` where none is left.

    >>> file_stem("London, 4 km", "scenario"), file_stem("?", "scenario")
    ('london-4-km', 'scenario')
    """
    return re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-").lower()[:60].strip("-") or otherwise


def cleaned(text: str, most: int | None = None) -> str:
    """Return a name found in a file of others as one line without unseen characters, at most so many long."""
    places = set(unseen(text))
    if places:
        text = re.sub(r"\s+", " ", "".join(" " if place in places else char for place, char in enumerate(text)))
    return text.strip()[:most].strip()
