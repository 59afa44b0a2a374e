"""Beyond the path: what counts, where one station serves several users in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from itnt_core.arrays import Array
from itnt_core.network import BITS_PER_MBIT
from itnt_core.scenario import Scenario
from itnt_core.sinr import spectral_efficiency

from . import charts
from .example import Example
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value, Values, choice_knob, number_knob
from .missing import LACKS, missing_gbs_or_user
from .prose import Prose

PROSE = Prose("fairness")
MOST_USERS = 6  # of the example: those who hear the station best
LEAST_MBIT_S = 1e-3  # of a user in its turn: a share is found for everyone
MOST_ALPHA, CURVE = 8.0, 81  # of the knob; points of the curve
NAMED = {"Sum of all data": 0.0, "Proportional": 1.0, "Max-min": np.inf}


@dataclass(frozen=True, eq=False)
class Turns:
    """Some users of one station, and what each gets while it is its turn (users,), in Mbit/s."""

    users: tuple[str, ...]
    rate_mbit_s: Array
    window_s: float

    def data_mbit(self, alpha: float) -> Array:
        """Return what each user gets (users,) in the window where time is shared by alpha-fairness."""
        data: Array = fair_shares(self.rate_mbit_s, alpha) * self.rate_mbit_s * self.window_s
        return data


class Fairness:
    """The shares of time that are best by alpha-fairness."""

    key = "fairness"
    title = PROSE.title

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Ask for a GBS and two users."""
        few = len(scenario.user_ids) < 2
        return missing_gbs_or_user(scenario) or (LACKS.sentence("second user") if few else None)

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the station and alpha: that of the scenario, where it asks for one."""
        scenario = example.scenario
        asked = {"alpha": scenario.alpha, "max_min": MOST_ALPHA}.get(scenario.objective, 1.0)
        return (
            choice_knob("station", "Station", example.gbs_ids, example.gbs_ids[0]),
            number_knob("alpha", "Alpha", asked, "", (0.0, MOST_ALPHA), 0.1),
        )

    def teach(self, example: Example, values: Values) -> Lesson:
        """Share the time of a station."""
        station, alpha = str(values["station"]), float(values["alpha"])
        turns = turns_of(example, station)
        data = turns.data_mbit(alpha)
        facts: dict[str, Value] = {
            "station": station,
            "users": len(turns.users),
            "user": turns.users[0],
            "best": turns.users[int(turns.rate_mbit_s.argmax())],
            "least": float(turns.rate_mbit_s.min()),
            "most": float(turns.rate_mbit_s.max()),
            "window": turns.window_s,
            "alpha": alpha,
            "sum_all": float(turns.data_mbit(0.0).sum()),
            "total": float(data.sum()),
            "worst": float(data.min()),
            "share": 100.0 / len(turns.users),
            "fair": float(turns.data_mbit(1.0).sum()),
            "level": float(turns.data_mbit(np.inf).min()),
        }
        return Lesson(
            PROSE.sentences("idea", **facts),
            (_equation(turns, alpha, PROSE.sentence("equation caption", **facts)),),
            (
                _bars(turns, alpha, PROSE.sentence("bars caption", **facts)),
                _curve(turns, alpha, PROSE.sentence("curve caption", **facts)),
            ),
            PROSE.sentence("question"),
            PROSE.sentences("answer", **facts),
            _rows(turns, alpha),
            "Who gets what",
        )


def fair_shares(rate_mbit_s: Array, alpha: float) -> Array:
    """Return the shares of time (users,) that are best by alpha-fairness for users who get ``rate_mbit_s`` in a turn.

    Of all shares with sum 1 they make the sum of (s r)^(1 - alpha) / (1 - alpha) largest, of log(s r) at alpha 1: the
    derivative is the same for all, so that s goes with r^((1 - alpha) / alpha). At alpha 0 the best has all the time.

    >>> fair_shares(np.array([1.0, 4.0]), 2.0).tolist()
    [0.6666666666666666, 0.3333333333333333]
    """
    if alpha == 0.0:
        return np.eye(len(rate_mbit_s))[int(rate_mbit_s.argmax())]
    power = -1.0 if np.isinf(alpha) else (1.0 - alpha) / alpha
    logs = power * np.log(rate_mbit_s)
    weight = np.exp(logs - logs.max())
    return np.asarray(weight / weight.sum())


def turns_of(example: Example, station: str) -> Turns:
    """Return who hears a station best, the strongest first; in its turn each has it to itself, as in the first slot."""
    world, column = example.world, example.world.station_ids.index(station)
    snr = example.user_gains[:, column] * example.share_w[column] / world.noise_w
    rate = world.bandwidth_hz / BITS_PER_MBIT * spectral_efficiency(snr, example.scenario.radio.rate_law)
    chosen = np.argsort(-snr, kind="stable")[:MOST_USERS]
    names = tuple(example.scenario.user_ids[user] for user in chosen)
    return Turns(names, np.maximum(rate[chosen], LEAST_MBIT_S), example.scenario.time.duration_s)


def _equation(turns: Turns, alpha: float, caption: Sentence) -> Equation:
    share = float(fair_shares(turns.rate_mbit_s, alpha)[0])
    rate = float(turns.rate_mbit_s[0])
    symbols = r"s_u = \frac{r_u^{(1-\alpha)/\alpha}}{\sum_v r_v^{(1-\alpha)/\alpha}}"
    if alpha == 0.0:
        return Equation(caption, symbols, rf"\alpha = 0:\quad r_u = {rate:.3f}, \quad s_u = {share:.3f}")
    power = (1.0 - alpha) / alpha
    total = float((turns.rate_mbit_s**power).sum())
    return Equation(caption, symbols, rf"\frac{{{rate:.3f}^{{{power:.3f}}}}}{{{total:.4g}}} = {share:.3f}")


def _kinds(alpha: float) -> dict[str, float]:
    return NAMED | {f"Alpha {alpha:.1f}": alpha}


def _bars(turns: Turns, alpha: float, caption: Sentence) -> Chart:
    rows = [
        {"user": user, "data": value, "series": name}
        for name, kind in _kinds(alpha).items()
        for user, value in zip(turns.users, turns.data_mbit(kind).tolist(), strict=True)
    ]
    across, up = charts.number_axis("data", "Data, Mbit", zero=True), charts.name_axis("user")
    layer = charts.bars(rows, across, up, tuple(_kinds(alpha)))
    return Chart("What each user gets", caption, charts.picture([layer], 120 + 55 * len(turns.users)))


def _curve(turns: Turns, alpha: float, caption: Sentence) -> Chart:
    names = ("All data", "Whoever gets least, times users")
    rows = [
        {"alpha": one, "data": value, "series": name}
        for one in np.linspace(0.0, MOST_ALPHA, CURVE).tolist()
        for name, value in zip(names, _both(turns, one), strict=True)
    ]
    across, up = charts.number_axis("alpha", "Alpha"), charts.number_axis("data", "Data, Mbit", zero=True)
    here = charts.here([{"alpha": alpha, "data": _both(turns, alpha)[0]}], across, up, "this alpha")
    return Chart("The price of fairness", caption, charts.picture([charts.lines(rows, across, up, names), here]))


def _both(turns: Turns, alpha: float) -> tuple[float, float]:
    data = turns.data_mbit(alpha)
    return float(data.sum()), float(data.min()) * len(data)


def _rows(turns: Turns, alpha: float) -> tuple[dict[str, object], ...]:
    shares, data = fair_shares(turns.rate_mbit_s, alpha), turns.data_mbit(alpha)
    return tuple(
        {
            "User": user,
            "In its turn, Mbit/s": round(float(turns.rate_mbit_s[n]), 3),
            "Share of the time, %": round(100.0 * float(shares[n]), 2),
            "Data, Mbit": round(float(data[n]), 3),
        }
        for n, user in enumerate(turns.users)
    )
