"""The path-loss law of one link, term by term: which one applies, its formula, its numbers, its loss.

The values are those of :mod:`itnt_core.radio.laws`, told so that a reader can follow them with a pocket calculator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from itnt_core.radio import laws
from itnt_core.scenario import BUILT_IN_CHANNEL_MODELS, Scenario
from itnt_core.units import to_db

GROUND_TABLE, AERIAL_TABLE = "3GPP TR 38.901, table 7.4.1-1", "3GPP TR 36.777, table B-2"


class Term(NamedTuple):
    """One summand of a law: in symbols, with its numbers, and its value in dB."""

    symbols: str
    numbers: str
    value_db: float


@dataclass(frozen=True)
class Law:
    """A law that was put to one link."""

    name: str
    source: str
    terms: tuple[Term, ...]

    @property
    def loss_db(self) -> float:
        """Return the path loss in dB."""
        return sum(term.value_db for term in self.terms)

    @property
    def symbols(self) -> str:
        """Return the right-hand side in LaTeX symbols."""
        return _joined([term.symbols for term in self.terms])

    @property
    def numbers(self) -> str:
        """Return the right-hand side in LaTeX with the numbers put in."""
        return _joined([term.numbers for term in self.terms])


class Link(NamedTuple):
    """The geometry of one link: distances in metres, heights of station and user in metres, carrier in GHz."""

    d2d_m: float
    d3d_m: float
    station_m: float
    user_m: float
    carrier_ghz: float


def law_of(scenario: Scenario, link: Link, los: bool, aerial: bool) -> Law:
    """Return the law that the scenario's channel model puts to the link of a GBS (ValueError for a plug-in's)."""
    model = scenario.channel.model
    if model not in BUILT_IN_CHANNEL_MODELS:
        raise ValueError(f"The formula of the channel model '{model}' is not known here: it is a plug-in's.")
    if model == "free_space" or (model == "power_law" and aerial):
        return _free_space(link)
    if model == "power_law":
        return _power_law(link)
    uma = scenario.channel.deployment == "uma"
    if aerial:
        clear = _uma_av_los(link) if uma else _umi_av_los(link)
        blocked = _uma_av_nlos(link) if uma else _umi_av_nlos(link)
    else:
        clear = _ground_los(link, uma)
        blocked = _uma_nlos(link) if uma else _umi_nlos(link)
    return clear if los or clear.loss_db > blocked.loss_db else blocked


def _joined(parts: list[str]) -> str:
    """Join summands, one a line, aligned, so that they fit on narrow screens."""
    signed = [part if part.startswith("-") else f"+ {part}" for part in parts[1:]]
    return r" \\ &\quad ".join([parts[0], *signed])


def _constant(value: float) -> Term:
    return Term(f"{value:g}", f"{value:g}", value)


def _log(factor: float, symbol: str, value: float) -> Term:
    sign = f"{factor:g}\\,"
    return Term(rf"{sign}\log_{{10}} {symbol}", rf"{sign}\log_{{10}} {value:.4g}", factor * float(np.log10(value)))


def _distance(factor: float, link: Link) -> Term:
    return _log(factor, r"d_{3D}", max(link.d3d_m, 1.0))


def _carrier(link: Link, factor: float = 20.0) -> Term:
    return _log(factor, r"f_c", link.carrier_ghz)


def _free_space(link: Link) -> Law:
    at_one = -to_db(laws.reference_gain(1.0))
    constant = Term(f"{at_one:.2f}", f"{at_one:.2f}", at_one)
    return Law("free space", "Friis; the paper's equation (1)", (constant, _distance(20.0, link), _carrier(link)))


def _power_law(link: Link) -> Law:
    free = _free_space(link)
    return Law(
        "power law",
        "the paper's equation (3) with exponent 3.5",
        (free.terms[0], _distance(35.0, link), _carrier(link)),
    )


def _corner_m(link: Link) -> float:
    """Return d_BP' of TR 38.901 table 7.4.1-1, note 1."""
    heights = max(link.station_m - 1.0, 0.1) * max(link.user_m - 1.0, 0.1)
    return 4.0 * heights * link.carrier_ghz * 1e9 / laws.SPEED_OF_LIGHT_M_S


def _ground_los(link: Link, uma: bool) -> Law:
    name, source = ("UMa" if uma else "UMi street canyon"), GROUND_TABLE
    start = _constant(28.0 if uma else 32.4)
    if link.d2d_m <= _corner_m(link):
        return Law(f"{name}, line of sight", source, (start, _distance(22.0 if uma else 21.0, link), _carrier(link)))
    factor = -9.0 if uma else -9.5
    square = _corner_m(link) ** 2 + (link.station_m - link.user_m) ** 2
    bend = _log(factor, r"(d_{BP}'^2 + \Delta h^2)", square)
    terms = (start, _distance(40.0, link), _carrier(link), bend)
    return Law(f"{name}, line of sight beyond the break point", source, terms)


def _height(factor: float, link: Link) -> Term:
    value = factor * (link.user_m - 1.5)
    return Term(rf"{factor:g}\,(h_{{UT}} - 1.5)", rf"{factor:g} \cdot {link.user_m - 1.5:.3g}", value)


def _uma_nlos(link: Link) -> Law:
    terms = (_constant(13.54), _distance(39.08, link), _carrier(link), _height(-0.6, link))
    return Law("UMa, no line of sight", GROUND_TABLE, terms)


def _umi_nlos(link: Link) -> Law:
    terms = (_constant(22.4), _distance(35.3, link), _carrier(link, 21.3), _height(-0.3, link))
    return Law("UMi street canyon, no line of sight", GROUND_TABLE, terms)


def _uma_av_los(link: Link) -> Law:
    return Law("UMa-AV, line of sight", AERIAL_TABLE, (_constant(28.0), _distance(22.0, link), _carrier(link)))


def _sloped(start: float, per_decade: float, link: Link, height_m: float) -> Term:
    """Return (start - per_decade log10 h) log10 d3D."""
    slope = start - per_decade * float(np.log10(height_m))
    distance = max(link.d3d_m, 1.0)
    symbols = rf"({start:g} - {per_decade:g}\log_{{10}} h)\log_{{10}} d_{{3D}}"
    return Term(symbols, rf"{slope:.4g}\,\log_{{10}} {distance:.4g}", slope * float(np.log10(distance)))


def _uma_av_nlos(link: Link) -> Law:
    height = min(max(link.user_m, 10.0), 100.0)
    wave = _log(20.0, r"(40\pi f_c/3)", 40.0 * np.pi * link.carrier_ghz / 3.0)
    terms = (_constant(-17.5), _sloped(46.0, 7.0, link, height), wave)
    return Law("UMa-AV, no line of sight", AERIAL_TABLE, terms)


def _umi_av_los(link: Link) -> Law:
    terms = (_constant(30.9), _sloped(22.25, 0.5, link, max(link.user_m, 1.0)), _carrier(link))
    law = Law("UMi-AV, line of sight", AERIAL_TABLE, terms)
    free = _free_space(link)
    return law if law.loss_db >= free.loss_db else free


def _umi_av_nlos(link: Link) -> Law:
    terms = (_constant(32.4), _sloped(43.2, 7.6, link, max(link.user_m, 1.0)), _carrier(link))
    return Law("UMi-AV, no line of sight", AERIAL_TABLE, terms)
