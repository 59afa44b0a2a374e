"""What a scenario asks for that a method, or the bound, does not know: said before it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from itnt_core.objective import objective_of
from itnt_core.scenario import Scenario
from itnt_core.utility import Utility

from .base import Method


@dataclass(frozen=True)
class OptionalTerm:
    """One optional part of the question, who knows it, and what is said of those who do not.

    ``known_by`` holds keys of methods; a method from outside says what it knows itself, by keys of :data:`TERMS` in an
    attribute ``knows``. ``of_method`` is empty where every method knows the term, ``of_bound`` where the bound does.
    """

    is_asked: Callable[[Scenario], bool]
    known_by: frozenset[str] = frozenset()
    of_method: str = ""  # a sentence with a place {method} for the method's title
    of_bound: str = ""  # what the bound does not know, in a few words


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
        "what a change of server costs",
    ),
    "least rates": OptionalTerm(lambda scenario: Utility.of(scenario).has_minimum, of_bound="least mean rates"),
    "obstacles": OptionalTerm(
        lambda scenario: scenario.has_obstacles and bool(scenario.aerial_users),
        of_bound="buildings and no-fly zones in the way",
    ),
    "batteries": OptionalTerm(lambda scenario: scenario.has_budgets, of_bound="batteries"),
}


def unknown_terms(method: Method, scenario: Scenario) -> list[str]:
    """Return a sentence for each part of a scenario that a method does not know."""
    knows: frozenset[str] = getattr(method, "knows", frozenset())
    return [
        term.of_method.format(method=method.title)
        for name, term in TERMS.items()
        if term.of_method and term.is_asked(scenario) and method.key not in term.known_by and name not in knows
    ]


def unknown_to_bound(scenario: Scenario) -> list[str]:
    """Return one sentence on the parts of a scenario that the certified bound does not know; none where it knows all.

    It leaves limits out, so that what it allows only grows.
    """
    parts = [term.of_bound for term in TERMS.values() if term.of_bound and term.is_asked(scenario)]
    if not parts:
        return []
    named = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return [f"The upper bound does not know {named}: it still holds, but is higher than it need be."]
