"""What learning adds, as a table and in sentences: the stored controls of the learned methods, seed against seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from itnt_core.arrays import Array
from itnt_core.intervals import interval
from itnt_core.methods import CONTROL_USERS, CONTROLS, METHODS, UNTRAINED, LearnedSettings

from .paper import figure_file, made_sentence, read_figure

CONTROLS_FIGURE = "controls"  # the name under which `reproduce` stores them


class Gain(NamedTuple):
    """By how many % one row stands above another: mean over the seeds, and half of its 95 % interval (Student)."""

    percent: float
    half: float  # nan for one seed

    @property
    def words(self) -> str:
        """Return the gain with its interval in words."""
        return self._in_words("")

    @property
    def change(self) -> str:
        """Return the same with its sign, where it may well be a loss."""
        return self._in_words("+")

    @property
    def interval(self) -> str:
        """Return the interval's ends, in %, with their signs."""
        return self._ends("+")

    def _in_words(self, sign: str) -> str:
        return f"{self.percent:{sign}z.1f} % (95 % interval {self._ends(sign)})"

    def _ends(self, sign: str) -> str:
        if np.isnan(self.half):
            return "unknown"
        return f"{self.percent - self.half:{sign}z.1f} to {self.percent + self.half:{sign}z.1f}"


class ControlRow(NamedTuple):
    """One row: its data service, its share of the planner's, and how it stands to the same without an update."""

    title: str
    learned: str
    mbit: float  # mean over the seeds
    share: float  # of the planner's, mean over the seeds
    gain: Gain  # over :data:`UNTRAINED`
    wall_s: float  # median
    violations: int  # of constraints, over all seeds


class Controls(NamedTuple):
    """The rows by their keys, in order, three sentences on what they show, and how they were made."""

    rows: dict[str, ControlRow]
    learning: Gain  # what training both networks adds to none of them
    pilot: Gain  # what training the pilot adds where the powers are trained
    source: str  # where the gain comes from
    parts: str  # what of it each network learns, and what equal power reaches
    plain: str  # what plain DDPG learns, and how much of its distance is the environment's
    made: str

    @property
    def table(self) -> list[dict[str, Any]]:
        """Return the rows as a page shows them; what is compared with itself has no gain."""
        return [
            {
                "Method": row.title,
                "Gain, %": None if key == UNTRAINED else round(row.gain.percent, 1) + 0.0,  # no -0.0
                "95 % interval": "" if key == UNTRAINED else row.gain.interval,
                "Of the planner's data": row.share,
                "Learned": row.learned,
                "Time, s": row.wall_s,
            }
            for key, row in self.rows.items()
        ]


def stored_controls() -> Controls | None:
    """Return the controls computed on this machine, else the delivered ones; None where a row is not computed."""
    content = read_figure(figure_file(CONTROLS_FIGURE))
    return None if content is None else controls_of(content)


def controls_of(content: Mapping[str, Any]) -> Controls | None:
    """Return the stored controls as rows and sentences; None where a row of today is missing."""
    cases = {key: [case for case in content["cases"] if case["row"] == key] for key in CONTROLS}
    if not all(cases.values()):
        return None
    mbit = {key: np.array([case["mbit"] for case in own]) for key, own in cases.items()}
    rows = {key: _row(key, own, mbit) for key, own in cases.items()}
    learning = rows["proposed"].gain
    pilot = _over(mbit, "proposed", "pilot_frozen")
    made = made_sentence(content)
    return Controls(rows, learning, pilot, _source(rows), _parts(rows, pilot), _plain(mbit, rows), made)


def _row(key: str, cases: list[Mapping[str, Any]], mbit: Mapping[str, Array]) -> ControlRow:
    chosen = CONTROLS[key]
    return ControlRow(
        chosen.title or METHODS[chosen.method].title,
        chosen.learned,
        float(mbit[key].mean()),
        float(np.mean(mbit[key] / mbit["planner"])),
        _over(mbit, key, UNTRAINED),
        float(np.median([case["wall_s"] for case in cases])),
        sum(case["violations"] for case in cases),
    )


def _over(mbit: Mapping[str, Array], key: str, other: str) -> Gain:
    """Return how a row stands to another, seed against seed."""
    return Gain(*interval(list(100.0 * (mbit[key] / mbit[other] - 1.0))))


def _source(rows: Mapping[str, ControlRow]) -> str:
    """Say in one sentence where the gain over straight flights at equal power comes from."""
    straight, untrained, proposed = (rows[key].mbit for key in ("straight", UNTRAINED, "proposed"))
    budget = LearnedSettings()
    flights = budget.rounds * budget.episodes * budget.environments
    return (
        f"With {CONTROL_USERS} users {100.0 * (untrained - straight) / (proposed - straight):.0f} % of what Proposed "
        "gains over straight lines at equal power is there before any network is updated, by equal power over the "
        f"subchannels that serve someone, {budget.searches} searches of P1 a round and the best of {flights} flights "
        f"with noise; learning adds {rows['proposed'].gain.words}."
    )


def _parts(rows: Mapping[str, ControlRow], pilot: Gain) -> str:
    """Say what of it each network learns, and what equal power and one search of P1 reach."""
    return (
        f"Updating the power network alone adds {rows['pilot_frozen'].gain.words}, the DDPG pilot alone "
        f"{rows['powers_frozen'].gain.words}, and the pilot beside trained powers "
        f"{pilot.words}. Equal power reaches {rows['epa'].share:.3f} of the "
        f"planner's data over all subchannels, {rows['epa_served'].share:.3f} over those that serve someone with as "
        f"many searches of P1; Proposed with one search of P1 a round {rows['one_search'].share:.3f}."
    )


def _plain(mbit: Mapping[str, Array], rows: Mapping[str, ControlRow]) -> str:
    """Say what the other agents learn, and how much of their distance is what actions mean."""
    plain, joint = _over(mbit, "plain", "plain_nothing"), _over(mbit, "joint", "joint_nothing")
    here, there = rows["plain_here"].share, rows["default_there"].share
    return (
        f"Training changes the data of the paper's plain DDPG by {plain.change}, to {rows['plain'].share:.3f} of the "
        f"planner's; in the default environment the same agent reaches {here:.3f}, and in the plain one the default "
        f"agent {there:.3f}. Training one agent for everything changes its data by {joint.change}, to "
        f"{rows['joint'].share:.3f}."
    )
