"""A promise as a file beside its result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from itnt_core.arrays import Array
from itnt_core.disk import open_regular
from itnt_core.errors import ItntError
from itnt_core.results import Result, arrays_digest, write_text

from .order import Level, promised

PROMISE_FILE = "promise.json"
MOST_BYTES = 20_000_000  # of the most worlds
SHARE = 0.95  # of worlds, of the promise that is shown first

Mbit = Annotated[float, Field(ge=0.0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class DamagedPromiseError(ItntError, ValueError):
    """A stored promise that cannot be read."""


class Promise(BaseModel):
    """What a plan brought in drawn worlds, and what it was: active convention, whole window.

    ``data_mbit`` and ``served_share`` have an entry per world. ``planned_...`` are the result's own figures;
    ``forecast_mbit`` is what the slot rule alone brings in the world of the forecast. Where the scenario's objective is
    more than all data, ``objective`` names it and ``worth_mbit`` holds what each world is worth by it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    scenario: str = Field(pattern=r"^[0-9a-f]{64}$")
    answer: str = Field(pattern=r"^[0-9a-f]{64}$")
    method: str = Field(min_length=1, max_length=80)
    position_error_m: float = Field(ge=0.0)
    timing_error_s: float = Field(ge=0.0)
    planned_mbit: Mbit
    planned_served_share: Share
    forecast_mbit: Mbit
    data_mbit: tuple[Mbit, ...] = Field(min_length=1)
    served_share: tuple[Share, ...] = Field(min_length=1)
    objective: str = Field("", max_length=120)
    planned_worth_mbit: float = 0.0
    worth_mbit: tuple[float, ...] = ()
    counts_changes: bool = False  # of server: they cost in the drawn worlds what they cost in the plan

    @model_validator(mode="after")
    def _of_one_length(self) -> Promise:
        if len(self.data_mbit) != len(self.served_share):
            raise ValueError("data and served shares are of different numbers of worlds")
        if len(self.worth_mbit) not in (0, self.worlds):
            raise ValueError("data and their worth are of different numbers of worlds")
        return self

    @property
    def worlds(self) -> int:
        """Return the number of worlds."""
        return len(self.data_mbit)

    @property
    def data(self) -> Array:
        """Return the data of all worlds (worlds,) in Mbit."""
        return np.array(self.data_mbit)

    def level(self, share: float = SHARE) -> Level | None:
        """Return the data in Mbit that is promised for a share of worlds, None where too few were drawn."""
        return promised(self.data_mbit, share)

    def served_level(self, share: float = SHARE) -> Level | None:
        """Return the share of served user slots that is promised for a share of worlds, None for too few worlds."""
        return promised(self.served_share, share)

    def worth_level(self, share: float = SHARE) -> Level | None:
        """Return the worth in Mbit that is promised for a share of worlds, None for too few, or where data is all."""
        return promised(self.worth_mbit, share) if self.worth_mbit else None

    def is_of(self, result: Result) -> bool:
        """Say whether it was drawn for this very answer."""
        return self.scenario == result.scenario.content_hash() and self.answer == arrays_digest(result.dataset)


def write_promise(folder: Path, promise: Promise) -> None:
    """Write a promise beside its result, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / PROMISE_FILE, promise.model_dump_json() + "\n")


def read_promise(folder: Path, result: Result) -> Promise | None:
    """Return the promise of a result stored in a folder, None without one or where it is of another answer.

    Raises DamagedPromiseError for a file that cannot be read.
    """
    try:
        with open_regular(folder / PROMISE_FILE) as handle:
            data = handle.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedPromiseError(f"The promise of this run cannot be read: {error.strerror}.") from error
    try:
        found = Promise.model_validate_json(data)
    except ValidationError as error:
        raise DamagedPromiseError(f"The promise of this run is damaged: delete '{PROMISE_FILE}'.") from error
    return found if found.is_of(result) else None
