"""What is optimised: the one meaning of "better", for methods, judge, headline figures, bound, gap and comparisons.

An objective is an ordered list of terms: the first counts first, the next one only among answers that are equal in it.
All terms are those of the active convention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.scenario import Scenario
from itnt_core.utility import Utility

if TYPE_CHECKING:
    from itnt_core.network import Evaluation

TermKey = Literal["served_share", "net_mbit", "worth_mbit", "reached_mbit"]
SAME = 1e-9  # less is no difference: one user slot of the largest scenario is a share of 6e-8
COST_KEY = "handover_cost_mbit"  # among the figures of a result whose scenario prices changes of server
MARGIN = 1.001  # what a served user is worth beyond all rates that serving it may cost


@dataclass(frozen=True, eq=False)
class Service:
    """What an answer brings under the active convention; numbers, or arrays with an entry per slot or per answer.

    ``served_share`` is the share of (user, slot) that is served (:func:`itnt_core.qos.is_served`), ``data_mbit`` all
    data, ``utility_mbit`` what they are worth (:class:`itnt_core.utility.Utility`): all data where nothing else is
    said. ``reached_mbit`` is minus what users lack to their least mean rates, ``cost_mbit`` what is taken off for
    changes of server. As a ceiling: what no feasible answer exceeds in each; NaN where no limit is known.
    """

    served_share: Any
    data_mbit: Any
    utility_mbit: Any = None
    reached_mbit: Any = 0.0
    cost_mbit: Any = 0.0

    def __post_init__(self) -> None:
        if self.utility_mbit is None:
            object.__setattr__(self, "utility_mbit", self.data_mbit)

    @property
    def net_mbit(self) -> Any:
        """Return the data less what is taken off: what is to be large where data count as they are."""
        return self.data_mbit - self.cost_mbit

    @property
    def worth_mbit(self) -> Any:
        """Return what the data are worth less what is taken off: what is to be large."""
        return self.utility_mbit - self.cost_mbit

    @classmethod
    def of(cls, evaluation: Evaluation) -> Service:
        """Return what a judged decision brings, over the whole window."""
        active, cost_mbit = evaluation.active, evaluation.cost_mbit
        share, lacking = 1.0 - active.outage, active.shortfall_mbit
        return cls(share, active.data_service_mbit, active.utility_mbit, -lacking, cost_mbit)

    @classmethod
    def of_figures(cls, kpis: Mapping[str, Any]) -> Service:
        """Return what the headline figures of a result say; NaN for one that is not there."""
        worth = _number(kpis, "utility_mbit") if "utility_mbit" in kpis else None
        lacking = _number(kpis, "shortfall_mbit") if "shortfall_mbit" in kpis else 0.0
        return cls(1.0 - _number(kpis, "outage"), _number(kpis, "data_service_mbit"), worth, -lacking, _cost(kpis))

    @classmethod
    def bound_of_figures(cls, kpis: Mapping[str, Any]) -> Service:
        """Return the certified ceiling that a result carries; NaN for a limit that is not there."""
        known = "utility_bound_mbit" if "utility_mbit" in kpis else "upper_bound_mbit"
        return cls(_number(kpis, "served_bound"), _number(kpis, "upper_bound_mbit"), _number(kpis, known))

    def total(self) -> Service:
        """Return the service over all slots from that of each, where data are worth what they are."""
        cost_mbit = float(np.sum(self.cost_mbit))
        return Service(float(np.mean(self.served_share)), float(np.sum(self.data_mbit)), cost_mbit=cost_mbit)

    @classmethod
    def stacked(cls, services: Sequence[Service]) -> Service:
        """Return several services as one of arrays (services,)."""
        return cls(*(np.array([getattr(one, part.name) for one in services]) for part in fields(cls)))

    def mean(self, chosen: Any = slice(None)) -> Service:
        """Return the mean over the entries of arrays, or over some of them."""
        return Service(*(float(getattr(self, part.name)[chosen].mean()) for part in fields(self)))

    def is_within_coverage(self, ceiling: Service) -> bool:
        """Say whether no more user slots are served than a ceiling allows; so it is where none is known."""
        return not self.served_share > ceiling.served_share + SAME

    def coverage_sentence(self, ceiling: Service) -> str:
        """Say that a ceiling of coverage is none."""
        return (
            f"The bound on served user slots is {100.0 * ceiling.served_share:.6g} %, but it must be at least the "
            f"{100.0 * self.served_share:.6g} % that are served: one of the two is wrong, compute it again."
        )

    def lowest(self, other: Service) -> Service:
        """Return the lower of two ceilings, term by term."""
        return Service(
            min(self.served_share, other.served_share),
            min(self.data_mbit, other.data_mbit),
            min(self.utility_mbit, other.utility_mbit),
        )


@dataclass(frozen=True)
class Term:
    """One quantity that is to be large."""

    key: TermKey

    def of(self, service: Service) -> Any:
        """Return the quantity of a service."""
        return getattr(service, self.key)

    def is_reached(self, service: Service, ceiling: Service) -> bool:
        """Say whether a service stands at a ceiling: data up to rounding; of counted user slots none may be missing."""
        from itnt_core.bounds import stands_at_bound  # slow to import: who reads figures alone does not pay

        value, most = self.of(service), self.of(ceiling)
        is_counted = self.key in ("served_share", "reached_mbit")
        return bool(value >= most - SAME if is_counted else stands_at_bound(value, most))


SERVED = Term("served_share")
DATA_TERM = Term("net_mbit")
UTILITY_TERM = Term("worth_mbit")
LEAST_RATES = Term("reached_mbit")


@dataclass(frozen=True)
class Objective:
    """What an answer is judged by; ``coverage`` is the scenario's field that says what unserved user slots cost."""

    coverage: str
    name: str
    sentence: str
    terms: tuple[Term, ...]
    unserved_mbit_s: float = 0.0  # price of an unserved user slot, for each second of it

    @property
    def is_coverage_first(self) -> bool:
        """Say whether no data make up for a user slot that could be served."""
        return SERVED in self.terms

    @property
    def is_plain(self) -> bool:
        """Say whether data count as they are, those of everyone alike."""
        return DATA_TERM in self.terms

    @property
    def is_separable(self) -> bool:
        """Say whether slots do not depend on one another: a Mbit is worth the same to a user however many it has."""
        return "fairness" not in self.name and LEAST_RATES not in self.terms

    @property
    def worth(self) -> Term:
        """Return the term of data: all of them, or what they are worth."""
        return self.terms[-1]

    def key(self, service: Service) -> tuple[Any, ...]:
        """Return what sorts answers: the greatest key is the best answer."""
        return tuple(term.of(service) for term in self.terms)

    def better(self, one: Service, other: Service) -> Any:
        """Say whether one service is better than another: a bool, or an array of them for arrays."""
        wins, tied = np.zeros((), dtype=bool), np.ones((), dtype=bool)
        for mine, theirs in zip(self.key(one), self.key(other), strict=True):
            change = np.asarray(mine) - np.asarray(theirs)
            wins = wins | (tied & (change > SAME))
            tied = tied & (np.abs(change) <= SAME)
        return wins if wins.shape else bool(wins)

    def best(self, services: Service) -> int:
        """Return the index of the best of several answers, the first of equal ones; the terms are arrays (n,)."""
        keys = [np.asarray(part, dtype=float) for part in self.key(services)]
        order = np.lexsort((-np.arange(len(keys[0])), *reversed(keys)))
        return int(order[-1])

    def serving_reward_mbit_s(self, best_mbit_s: Any, links: int) -> Any:
        """Return what serving one more user of a slot is worth beside its rate, where at most ``links`` are served.

        A link is worth at most ``best_mbit_s`` (a number or an array). Where served users come first, one more is worth
        more than everything that the others can lose, so that a maximum of sums is one of this order.
        """
        return (
            MARGIN * max(1, links) * best_mbit_s if self.is_coverage_first else self.unserved_mbit_s + 0.0 * best_mbit_s
        )

    def is_reached(self, service: Service, ceiling: Service) -> bool:
        """Say whether an answer stands at the ceiling in every term: none is better."""
        return all(term.is_reached(service, ceiling) for term in self.terms)


COVERAGE_FIRST = Objective(
    "first",
    "coverage first",
    "Coverage first: as many user slots as possible are served; among such answers the one with most data is best.",
    (SERVED, DATA_TERM),
)
DATA = Objective(
    "ignored",
    "data",
    "Data alone: as much data as possible, however few users get it.",
    (DATA_TERM,),
)
OBJECTIVES: dict[str, Objective] = {objective.coverage: objective for objective in (COVERAGE_FIRST, DATA)}

# Of names and sentences: what unserved user slots cost, and what data are worth.
COVERAGES = {
    "first": ("coverage first", "Coverage first: as many user slots as possible are served; among such answers {} is."),
    "priced": ("priced coverage", "Every unserved user slot costs its price; after that {} is best."),
    "ignored": ("", "Coverage ignored: {} is best, however many user slots are served."),
}
WORTHS = {
    "data": "the one with most data",
    "weighted data": "the one with most data, each user's weighted by its priority,",
    "proportional fairness": "the one with the greatest geometric mean of users' data (proportional fairness)",
    "max-min fairness": "the one in which the user who gets least, by its priority, gets most (max-min fairness)",
    "alpha-fairness": "the one with the greatest alpha-fair mean of users' data",
}
LEAST_RATES_NAME = "least rates"


def objective_of(scenario: Scenario) -> Objective:
    """Return what a scenario asks for."""
    utility = Utility.of(scenario)
    if utility.is_plain and scenario.coverage in OBJECTIVES:
        return OBJECTIVES[scenario.coverage]
    worth = {"proportional": "proportional fairness", "max_min": "max-min fairness"}.get(scenario.objective)
    if scenario.objective == "alpha":
        worth = f"alpha-fairness {scenario.alpha:g}"
    if worth is None:
        worth = "data" if (utility.priority == 1.0).all() else "weighted data"
    named = [COVERAGES[scenario.coverage][0], worth, LEAST_RATES_NAME if utility.has_minimum else ""]
    return _named_objective(", ".join(part for part in named if part), utility.unserved_mbit / scenario.time.slot_s)


def _named_objective(name: str, unserved_mbit_s: float = 0.0) -> Objective:
    """Return the objective with a name, as :func:`objective_of` gives them."""
    known = {objective.name: objective for objective in OBJECTIVES.values()}
    if name in known:
        return known[name]
    parts = name.split(", ")
    has_least = parts[-1] == LEAST_RATES_NAME
    coverage = next((key for key, (words, _) in COVERAGES.items() if words == parts[0]), "ignored")
    worth = parts[0 if coverage == "ignored" else 1]
    words = next((text for kind, text in WORTHS.items() if worth.startswith(kind)), WORTHS["data"])
    sentence = COVERAGES[coverage][1].format(words)
    if has_least:
        sentence = f"{sentence} Least mean rates are kept before all that."
    served = (SERVED,) if coverage == "first" else ()
    terms = ((LEAST_RATES,) if has_least else ()) + served + (UTILITY_TERM,)
    return Objective(coverage, name, sentence, terms, unserved_mbit_s)


def objective_of_figures(kpis: Mapping[str, Any]) -> Objective:
    """Return what the headline figures of a result were optimised for; those from before say nothing of it."""
    return _named_objective(str(kpis.get("objective") or COVERAGE_FIRST.name))


def slot_service(served: NDArray[np.bool_], rate_mbit_s: Array, slot_s: float) -> Service:
    """Return the service per slot: ``served`` and ``rate_mbit_s`` are (slots, users); rates count where served."""
    share = served.mean(axis=1) if served.shape[1] else np.ones(len(served))
    return Service(share, np.where(served, rate_mbit_s, 0.0).sum(axis=1) * slot_s)


def _cost(kpis: Mapping[str, Any]) -> float:
    """Return what figures say is taken off for changes of server: nothing where they do not speak of it."""
    return _number(kpis, COST_KEY) if COST_KEY in kpis else 0.0


def _number(kpis: Mapping[str, Any], name: str) -> float:
    value = kpis.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")
