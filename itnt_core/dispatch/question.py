"""The question of a training: in whose worlds a dispatcher is taught, how long, and in how many it is judged."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from functools import partial
from typing import Any, Literal

from pydantic import Field, ValidationError

from itnt_core.scenario import (
    STORED,
    DataLimits,
    Part,
    Problem,
    Scenario,
    ScenarioError,
    as_json,
    check_limits,
    plain_data,
    problems_of,
    scenario_of_data,
)

from .names import COMPARED_HORIZON, MOST_HELD_OUT
from .options import DispatchError, DispatchOptions

KIND = "dispatching"
TRAINING_LIMITS = DataLimits()  # a network and some numbers
MOST_SEED = 2**31 - 1  # of a training
MOST_ROUNDS, MOST_TRAINED_WORLDS, MOST_HORIZON = 10, 500, 60  # horizon in slots
_USUAL = asdict(DispatchOptions())

Option = float | str | None


class DispatchQuestion(Part):
    """One training. Construct it with :func:`question_of_data` to get every check.

    ``options`` holds those of :class:`DispatchOptions` that are not the usual ones.
    """

    version: Literal[1] = 1
    kind: Literal["dispatching"] = "dispatching"
    network: Scenario
    options: dict[str, Option] = Field(default_factory=dict)
    seed: int = Field(1, ge=0, le=MOST_SEED)  # of the worlds that are drawn, and of the network
    rounds: int = Field(3, ge=1, le=MOST_ROUNDS)
    worlds: int = Field(80, ge=1, le=MOST_TRAINED_WORLDS)  # of each round
    held_out: int = Field(50, ge=2, le=MOST_HELD_OUT)  # worlds to be judged in, the same for everybody
    horizon: int = Field(COMPARED_HORIZON, ge=1, le=MOST_HORIZON)  # of the replanning that it is compared with

    @property
    def name(self) -> str:
        """Return the network's name."""
        return self.network.name

    @property
    def chosen(self) -> DispatchOptions:
        """Return all options."""
        return DispatchOptions.of(self.options)

    def content_hash(self) -> str:
        """Return the SHA-256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def question_of(network: Scenario, options: DispatchOptions, **effort: int) -> DispatchQuestion:
    """Return the training of a scenario's worlds; ``effort`` are fields of the question (ScenarioError)."""
    return question_of_data(
        {"kind": KIND, "network": network.model_dump(mode="json"), "options": asdict(options), **effort}
    )


def question_of_data(data: Any, *, stored: bool = False) -> DispatchQuestion:
    """Build a question from plain data with every check done (ScenarioError lists the problems).

    ``stored`` as in :func:`itnt_core.scenario.scenario_of_data`.
    """
    if not isinstance(data, dict) or data.get("kind") != KIND:
        where, remedy = "The file", "train on the page Dispatch, and save a run's question"
        raise ScenarioError(
            [Problem(where, "no question about dispatching", f"the key kind: {KIND} is needed", remedy)]
        )
    check_limits(data, TRAINING_LIMITS)
    network = scenario_of_data(data.get("network", {}), stored=stored)
    rest = {**data, "network": _NO_NETWORK, "options": _differing(data.get("options", {}))}
    try:
        question = DispatchQuestion.model_validate_json(as_json(rest), context=STORED if stored else None)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, rest, DispatchQuestion)) from error
    return question.model_copy(update={"network": network})


def _differing(options: Any) -> dict[str, Option]:
    """Return the options that are not the usual ones, in their order, once all are allowed (ScenarioError)."""
    try:
        chosen = asdict(DispatchOptions.of(options))
    except DispatchError as error:
        where, allowed = "The field options", str(error).rstrip(".").replace(": ", ", so ", 1)
        raise ScenarioError([Problem(where, "wrong", allowed[0].lower() + allowed[1:], "mend it")]) from error
    return {name: value for name, value in chosen.items() if value != _USUAL[name]}


_NO_NETWORK = Scenario().model_dump(mode="json")


def format_question(question: DispatchQuestion) -> str:
    """Return a question as JSON text that :func:`question_of_data` reads back equal, with every option."""
    data = question.model_dump(mode="json") | {"options": asdict(question.chosen)}
    return as_json(data) + "\n"


def question_of_bytes(content: bytes, name: str | None = None, *, stored: bool = False) -> DispatchQuestion:
    """Read a question from the content of the YAML or JSON file ``name`` (ScenarioError lists the problems)."""
    return question_of_data(plain_data(content, TRAINING_LIMITS, name), stored=stored)


read_stored = partial(question_of_bytes, stored=True)
