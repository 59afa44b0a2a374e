"""What every step of the path can do, and the values of its knobs."""

from __future__ import annotations

from typing import Protocol

from itnt_core.scenario import Scenario

from .example import Example
from .lesson import Knob, Lesson, Sentence, Value, Values


class Step(Protocol):
    """One step of the path."""

    key: str
    title: str

    def missing(self, scenario: Scenario) -> Sentence | None:
        """Say what the scenario lacks for this step and what to do, None when it lacks nothing."""

    def knobs(self, example: Example, chosen: Values) -> tuple[Knob, ...]:
        """Return the knobs; limits and defaults may depend on the names chosen so far."""

    def teach(self, example: Example, values: Values) -> Lesson:
        """Compute the lesson for accepted values of the knobs."""


def accepted_values(step: Step, example: Example, given: Values) -> dict[str, Value]:
    """Return a value for every knob of a step: what is given where a knob can stand there, else its default."""
    values: dict[str, Value] = {}
    for _ in range(2):  # choices first: the limits of the numbers may depend on them
        values = {knob.key: knob.accepted(given.get(knob.key)) for knob in step.knobs(example, values)}
    return values
