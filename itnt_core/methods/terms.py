"""What a scenario asks for that a method, or the bound, does not know: a sentence each, said before it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from itnt_core.objective import objective_of
from itnt_core.scenario import Scenario

from .base import Method


@dataclass(frozen=True)
class OptionalTerm:
    """One optional part of the question, who knows it, and what is said of those who do not.

    ``known_by`` holds keys of methods; a method from outside says what it knows itself, by keys of :data:`TERMS` in an
    attribute ``knows``. ``of_bound`` is empty where the bound knows the term.
    """

    is_asked: Callable[[Scenario], bool]
    known_by: frozenset[str]
    of_method: str  # with a place {method} for the method's title
    of_bound: str = ""


TERMS = {
    "objective": OptionalTerm(
        lambda scenario: not objective_of(scenario).is_plain,
        frozenset({"straight", "planner", "gradient"}),
        "{method} trains on the sum of all data: of the scenario's objective know its associations, and the choice of "
        "the answer that is kept.",
    ),
    "handover": OptionalTerm(
        lambda scenario: scenario.handover.couples,
        frozenset({"straight", "planner"}),
        "{method} does not know what a change of server costs while it searches: it is judged by that all the same, "
        "and a link that would change its user's server too early is let go.",
        "The upper bound does not know what a change of server costs: it lets every user have another server in every "
        "slot, so that it still holds and is higher than it need be.",
    ),
}


def unknown_terms(method: Method, scenario: Scenario) -> list[str]:
    """Return a sentence for each part of a scenario that a method does not know."""
    knows: frozenset[str] = getattr(method, "knows", frozenset())
    return [
        term.of_method.format(method=method.title)
        for name, term in TERMS.items()
        if term.is_asked(scenario) and method.key not in term.known_by and name not in knows
    ]


def unknown_to_bound(scenario: Scenario) -> list[str]:
    """Return a sentence for each part of a scenario that the certified bound does not know."""
    return [term.of_bound for term in TERMS.values() if term.of_bound and term.is_asked(scenario)]
