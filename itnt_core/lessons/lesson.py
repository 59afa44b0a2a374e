"""What a lesson is made of: sentences with computed numbers, equations, charts, a question and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

Value = float | int | str
Values = Mapping[str, Value]


@dataclass(frozen=True)
class Sentence:
    """A sentence: words that hold no number of their own, and named places filled with computed values."""

    template: str
    values: dict[str, Value]

    @property
    def text(self) -> str:
        """Return the sentence with its values in place."""
        return "".join(text for text, _ in self.parts)

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """Return the sentence in pieces, each with whether it is a computed value."""
        pieces: list[tuple[str, bool]] = []
        for literal, name, form, _ in Formatter().parse(self.template):
            if literal:
                pieces.append((literal, False))
            if name is not None:
                pieces.append((format(self.values[name], form or ""), True))
        return pieces

    @property
    def literal(self) -> str:
        """Return the words alone, without the computed values."""
        return "".join(literal for literal, *_ in Formatter().parse(self.template))


@dataclass(frozen=True)
class Equation:
    """An equation in LaTeX, first in symbols, then with its numbers put in; ``caption`` says it in words."""

    caption: Sentence
    symbols: str
    numbers: str


@dataclass(frozen=True)
class Chart:
    """A plotly figure of computed rows; ``caption`` says what it shows to those who cannot see it."""

    title: str
    caption: Sentence
    figure: go.Figure


@dataclass(frozen=True)
class Knob:
    """Something to turn in a lesson: a number with its unit and limits, or a choice among names."""

    key: str
    label: str
    default: Value
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    choices: tuple[str, ...] = ()
    whole: bool = False

    @property
    def title(self) -> str:
        """Return the label with its unit."""
        return f"{self.label}, {self.unit}" if self.unit else self.label

    def accepted(self, value: object) -> Value:
        """Return the value if the knob can stand there, its nearest limit if it is beyond, else the default."""
        if self.choices:
            return str(value) if value in self.choices else self.default
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            return self.default
        inside = min(max(float(value), self.low), self.high)
        return round(inside) if self.whole else inside


def number_knob(
    key: str, label: str, default: float, unit: str, limits: tuple[float, float], step: float, whole: bool = False
) -> Knob:
    """Return a knob for a number; a default beyond the limits widens them."""
    low, high = min(limits[0], default), max(limits[1], default)
    return Knob(key, label, default, unit, low, high, step, (), whole)


def choice_knob(key: str, label: str, choices: Sequence[str], default: str) -> Knob:
    """Return a knob for one of several names."""
    return Knob(key, label, default, choices=tuple(choices))


@dataclass(frozen=True)
class Lesson:
    """One step of the path, computed for a scenario and the positions of its knobs."""

    idea: tuple[Sentence, ...]
    equations: tuple[Equation, ...]
    charts: tuple[Chart, ...]
    question: Sentence
    answer: tuple[Sentence, ...]
    table: tuple[dict[str, Any], ...] = ()
    table_title: str = ""
    own_runs: tuple[Sentence, ...] = ()  # what the user's runs add, or how to get one
    own_charts: tuple[Chart, ...] = field(default=())

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Return every sentence of the lesson, captions and descriptions of charts included."""
        equations = (equation.caption for equation in self.equations)
        charts = (chart.caption for chart in (*self.charts, *self.own_charts))
        return (*self.idea, *equations, *charts, self.question, *self.answer, *self.own_runs)
