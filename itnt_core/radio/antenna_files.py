"""Reading measured antenna patterns as makers give them out: MSI Planet files (.msi, .pln), or one clear sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from pydantic import ValidationError

from itnt_core.errors import ItntError
from itnt_core.scenario import CUT_DEGREES, AntennaPattern, Problem, shown
from itnt_core.texts import cleaned

MOST_ANTENNA_BYTES = 200_000  # such files have 10 kB: bounded, and read in a blink, so here and not apart
DIPOLE_DBI = 2.15  # gain of a half-wave dipole: x dBd = x + 2.15 dBi
CUTS = ("HORIZONTAL", "VERTICAL")
MOST_BELOW_ZERO_DB = 1.0  # a point of a cut may lie so far above the "peak" by the maker's rounding; it is taken as 0


class AntennaFileError(ItntError, ValueError):
    """An antenna file that cannot be used; the message is one sentence."""


def parse_antenna(content: bytes, name: str, identifier: str = "pattern-1") -> AntennaPattern:
    """Read the content of an MSI Planet file, called ``name``, as a pattern with an id.

    The keywords ``NAME``, ``FREQUENCY`` (MHz) and ``GAIN`` (dBd unless it says dBi) count, then the two cuts of 360
    points each, a degree apart, as dB below the peak. Other keywords are left out. Raises :class:`AntennaFileError`
    with one sentence that names the line, its value and what is allowed.
    """
    lines = _lines(content)
    facts: dict[str, str] = {}
    cuts: dict[str, tuple[float, ...]] = {}
    for number, line in lines:
        word, _, rest = line.partition(" ")
        key = word.upper()
        if key in CUTS:
            _need(key not in cuts, f"Line {number}", shown(line), f"one {key} cut is allowed", "remove the other")
            cuts[key] = _cut(lines, key, rest, number)
        elif key not in facts:
            facts[key] = rest.strip()
        if number == 1 and "NAME" not in facts and key not in CUTS:
            facts["NAME"] = line  # makers leave the keyword out
    for key in CUTS:
        allowed = "an MSI Planet file has a HORIZONTAL and a VERTICAL one"
        _need(key in cuts, f"The {key} cut of the file", "missing", allowed, "choose another file")
    try:
        return AntennaPattern(
            id=identifier,
            name=cleaned(facts.get("NAME", "") or name, 80),
            frequency_mhz=_frequency_mhz(facts.get("FREQUENCY", "")),
            gain_dbi=_gain_dbi(facts.get("GAIN", "")),
            horizontal_db=cuts["HORIZONTAL"],
            vertical_db=cuts["VERTICAL"],
        )
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"])
        raise AntennaFileError(f"The {field} of the file is {shown(first['input'], 40)}: {first['msg']}.") from error


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Return an iterator over the lines that say something, single blanks between their words, with their numbers."""
    allowed = f"at most {MOST_ANTENNA_BYTES // 1000} kB are allowed"
    _need(
        len(content) <= MOST_ANTENNA_BYTES,
        "The size of the file",
        f"{len(content) / 1000:,.0f} kB",
        allowed,
        "use another",
    )
    text = content.decode("utf-8-sig", errors="replace")
    _need("\0" not in text, "The content of the file", "not text", "an MSI Planet file is needed", "choose another")
    split = (" ".join(line.split()) for line in text.splitlines())
    return iter([(number, line) for number, line in enumerate(split, 1) if line])


def _cut(lines: Iterator[tuple[int, str]], key: str, count: str, at: int) -> tuple[float, ...]:
    """Return the values of a cut in dB by degree, reading on from the line after its keyword."""
    allowed = f"{CUT_DEGREES} points a degree apart are needed"
    _need(count.strip() in ("", str(CUT_DEGREES)), f"The number of {key} points in line {at}", shown(count), allowed)
    values: dict[int, float] = {}
    for number, line in lines:
        words = line.replace(",", ".").split()
        angle, loss = (_number(word) for word in [*words, "", ""][:2])
        where = f"Line {number} of the {key} cut"
        is_point = len(words) == 2 and angle is not None and loss is not None
        _need(is_point, where, shown(line), "an angle and an attenuation in dB are needed")
        assert angle is not None
        assert loss is not None
        degree = round(angle)
        is_new = abs(angle - degree) < 1e-6 and 0 <= degree < CUT_DEGREES and degree not in values
        _need(is_new, where, f"the angle {angle:g}", "each whole degree from 0 to 359 is needed once")
        _need(-MOST_BELOW_ZERO_DB <= loss <= 200.0, where, f"{loss:g} dB", "0 to 200 dB below the peak are allowed")
        values[degree] = max(loss, 0.0)
        if len(values) == CUT_DEGREES:
            return tuple(values[degree] for degree in range(CUT_DEGREES))
    raise AntennaFileError(Problem(f"The {key} cut", f"{len(values)} points long", allowed, "export it again").sentence)


def _gain_dbi(text: str) -> float:
    found = re.fullmatch(r"([-+]?[0-9]+(?:[.,][0-9]+)?) ?(dbi|dbd)?\b.*", text.strip(), re.IGNORECASE)
    allowed = "a number with dBd or dBi is needed"
    _need(found is not None, "The GAIN of the file", shown(text) if text else "missing", allowed, "add it")
    assert found is not None
    gain = float(found[1].replace(",", "."))
    return round(gain if (found[2] or "").lower() == "dbi" else gain + DIPOLE_DBI, 6)


def _frequency_mhz(text: str) -> float | None:
    """Return the frequency, None where the file names none or a range."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?(mhz|ghz)?", text.strip(), re.IGNORECASE)
    if found is None:
        return None
    return float(found[1]) * (1000.0 if (found[2] or "").lower() == "ghz" else 1.0)


def _number(word: str) -> float | None:
    try:
        value = float(word)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _need(is_so: bool, where: str, value: str, allowed: str, remedy: str = "correct it, or export it again") -> None:
    if not is_so:
        raise AntennaFileError(Problem(where, value, allowed, remedy).sentence)
