"""Texts whose bytes are not what a file says they are: decoded as well as can be, named in a note, never refused.

Heights and shapes do not hang on it, only names. A text that is UTF-8 throughout is taken for it, whatever a file says,
since other encodings hardly ever look like it; then what the file says; then a guess. A person's choice wins.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from itnt_core.city.files.survey import ENCODING, Reading
from itnt_core.city.model import CityError
from itnt_core.scenario import shown

UTF8, WESTERN, CHINESE = "utf-8", "cp1252", "gb18030"
GUESSED = (CHINESE, "big5", "shift_jis", "euc_kr", "cp1251", "cp1253", "cp1250")
CHOSEN, NAMED = "chosen by you", "named by the file"
BYTES_AS_TEXT = "latin1"  # each byte is one character of it, and back
SHORTEST_GUESS_BYTES = 12  # a guess among alphabets needs a few words
SAMPLE_BYTES = 20_000
MOST_DAMAGED = 0.5  # of the texts, where the encoding that a file names is still believed
UTF16, UTF16_MARKS = "utf-16", (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Code pages by the language byte in the head of a dBASE table (its language driver id), those that are met.
_LANGUAGE_AT = 29
_LANGUAGES = {
    437: (b"\x01",),
    850: (b"\x02",),
    1252: (b"\x03", b"\x57"),
    932: (b"\x13", b"\x7b"),
    936: (b"\x4d", b"\x7a"),
    949: (b"\x4e", b"\x79"),
    950: (b"\x4f", b"\x78"),
    852: (b"\x64",),
    866: (b"\x65",),
    1250: (b"\xc8",),
    1251: (b"\xc9",),
    1254: (b"\xca",),
    1253: (b"\xcb",),
    1257: (b"\xcc",),
}
_TITLES = {UTF8: "UTF-8", UTF16: "UTF-16", WESTERN: "Windows-1252", "iso8859-1": "Latin-1", CHINESE: "GB 18030 (GBK)"}
READ_BY_EXPAT = (UTF8, "ascii", "iso8859-1", UTF16)  # https://docs.python.org/3/library/pyexpat.html
_XML_ENCODING = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_HIGH = re.compile(rb"[\x80-\xff]+")
_DIGITS = re.compile(r"(?:ansi|ibm|ms|windows|cp|oem)?[\s_-]*(\d{3,5})", re.IGNORECASE)
_NUMBERS = {"65001": UTF8, "88591": BYTES_AS_TEXT, "28591": BYTES_AS_TEXT, "54936": CHINESE, "936": CHINESE}


class Decoded(NamedTuple):
    """Hold an encoding by Python's name and why it was taken, '' where nothing asked for another one."""

    encoding: str
    why: str

    @property
    def readings(self) -> list[Reading]:
        """Say in a report which encoding was taken; nothing where it is the usual one."""
        return [Reading(ENCODING, _title(self.encoding), self.why)] if self.why else []


def codec_of(name: str) -> str:
    """Return Python's name of an encoding such as UTF-8, GBK, 1252 or 'ANSI 1252'; CityError for an unknown one."""
    digits = _DIGITS.fullmatch(name.strip())
    wanted = _NUMBERS.get(digits[1], f"cp{digits[1]}") if digits else name.strip()
    try:
        b"a".decode(wanted)  # which refuses what encodes no text, such as base64
        found = codecs.lookup(wanted).name
        return CHINESE if found in ("gbk", "gb2312") else found
    except (LookupError, ValueError, TypeError) as error:
        raise CityError(f"The encoding {shown(name)} is not known: give one such as utf-8, cp1252 or gbk.") from error


def is_utf8(declared: str | None) -> bool:
    """Say whether an encoding that a file names is UTF-8."""
    return _known(declared) == UTF8


def decode_text(data: bytes, wanted: str | None = None) -> tuple[str, Decoded]:
    """Decode a text as the person wants, by its byte order mark, as UTF-8, or by a guess.

    What cannot be decoded becomes U+FFFD.
    """
    if wanted is not None:
        encoding = codec_of(wanted)
        return data.decode(encoding, "replace").removeprefix("\ufeff"), Decoded(encoding, CHOSEN)
    marked = UTF16 if data.startswith(UTF16_MARKS) else UTF8
    try:
        text = data.decode(marked).removeprefix("\ufeff")
        return text, Decoded(marked, "" if marked == UTF8 else "named by its first bytes")
    except UnicodeDecodeError:
        found = _chosen([data], None)
        return data.decode(found.encoding, "replace"), found


def declared_in_xml(head: bytes) -> str:
    """Return the encoding that the beginning of XML names, UTF-8 where it names none that is known."""
    if head.startswith(UTF16_MARKS):
        return UTF16
    found = _XML_ENCODING.match(head.removeprefix(codecs.BOM_UTF8))
    return (_known(found[1].decode("ascii")) if found else None) or UTF8


def without_declaration(text: str) -> str:
    """Return XML without its first line, which would say that it is in the encoding it was decoded from."""
    return _XML_DECLARATION.sub("", text, count=1) if _XML_DECLARATION.match(text) else text


def decode_columns(
    columns: dict[str, Any], declared: str | None, wanted: str | None = None
) -> tuple[dict[str, Any], Decoded]:
    """Decode names and texts of columns that were read with ``BYTES_AS_TEXT``; ``declared`` is what the file says."""
    texts = {name: _texts(values) for name, values in columns.items()}
    high = [*columns, *(text for values in texts.values() for text in values.values())]
    raw = [text.encode(BYTES_AS_TEXT, "replace") for text in high if not text.isascii()]
    found = Decoded(codec_of(wanted), CHOSEN) if wanted is not None else _chosen(raw, declared)
    decoded: dict[str, Any] = {}
    for name, values in columns.items():
        fresh = np.array(values, dtype=object) if texts[name] else values
        for place, text in texts[name].items():
            fresh[place] = _again(text, found.encoding)
        decoded[_again(name, found.encoding)] = fresh
    return decoded, found


def declared_encoding(shapefile: Path) -> str | None:
    """Return what encoding a Shapefile names in its .cpg part or its table, None where it names none."""
    suffixes = {one.suffix.lower(): one for one in shapefile.parent.glob(f"{shapefile.stem}.*")}
    if ".cpg" in suffixes:
        return suffixes[".cpg"].read_bytes()[:40].decode("ascii", "replace").strip("\ufffd \t\r\n") or None
    with suffixes[".dbf"].open("rb") as table:
        head = table.read(_LANGUAGE_AT + 1)
    pages = (page for page, languages in _LANGUAGES.items() if head[_LANGUAGE_AT:] in languages)
    return next((f"cp{page}" for page in pages), None)


def _texts(values: Sequence[Any]) -> dict[int, str]:
    """Return the texts of a column that are more than ASCII, by their places."""
    if getattr(values, "dtype", np.dtype(object)).kind in "iufbM":
        return {}
    return {index: value for index, value in enumerate(values) if isinstance(value, str) and not value.isascii()}


def _again(text: str, encoding: str) -> str:
    """Return the right text of bytes taken for ``BYTES_AS_TEXT``; a table may have cut its last character in two."""
    if text.isascii():
        return text
    return text.encode(BYTES_AS_TEXT, "replace").decode(encoding, "replace").rstrip("\ufffd")


def _chosen(texts: list[bytes], declared: str | None) -> Decoded:
    """Choose the encoding of texts that are more than ASCII; without any, that of the file."""
    named = _known(declared)
    if not texts:
        return Decoded(named or UTF8, "")
    if _damaged(texts, UTF8) == 0:
        return Decoded(UTF8, f"found: the file says {_title(named)}" if named not in (None, UTF8) else "")
    if named is not None and _damaged(texts, named) <= MOST_DAMAGED * len(texts):
        return Decoded(named, NAMED)
    return Decoded(_guess(texts), f"guessed: the texts are not {_title(named or UTF8)}")


def _known(declared: str | None) -> str | None:
    try:
        return codec_of(declared) if declared else None
    except CityError:
        return None


def _damaged(texts: Iterable[bytes], encoding: str) -> int:
    """Count the texts that are not of an encoding."""
    damaged = 0
    for text in texts:
        try:
            text.decode(encoding)
        except ValueError:
            damaged += 1
    return damaged


def _guess(texts: list[bytes]) -> str:
    """Guess an encoding: bytes above ASCII stand alone in Western names, in rows in all other alphabets."""
    rows = [row for text in texts for row in _HIGH.findall(text[:SAMPLE_BYTES])]
    alone = sum(len(row) == 1 for row in rows)
    if 2 * alone >= len(rows):
        return WESTERN if _damaged(texts, WESTERN) == 0 else BYTES_AS_TEXT
    sample = b"\n".join(text[:SAMPLE_BYTES] for text in texts)[:SAMPLE_BYTES]
    fitting = [encoding for encoding in GUESSED if _damaged(texts, encoding) == 0]
    if sum(map(len, rows)) >= SHORTEST_GUESS_BYTES and fitting:
        from charset_normalizer import from_bytes  # slow to import, and few files need it

        best = from_bytes(sample, cp_isolation=fitting).best()
        if best is not None and best.encoding in fitting:
            return str(best.encoding)
    return fitting[0] if fitting else BYTES_AS_TEXT


def _title(encoding: str) -> str:
    """Return how people call an encoding."""
    return _TITLES.get(codecs.lookup(encoding).name, encoding)
