"""Seed sweeps of spectrum sharing: one question under several seeds, each answered by several schemes."""

from __future__ import annotations

import hashlib
import itertools
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from itnt_core.methods import SettingsError
from itnt_core.scenario import NameText
from itnt_core.texts import cleaned
from itnt_core.twin import KIND, SCHEME_TITLES, TwinScenario, twin_of_data, with_users_moved

from .paths import cache_folder
from .queueing import Order, make_order
from .run import Run
from .store import RunStore
from .titles import numbered

if TYPE_CHECKING:
    import pandas as pd

MOST_SEEDS = 50  # of one sweep


class SeedSweep(BaseModel):
    """What a seed sweep asks: a question as plain data, its schemes and seeds, and whether users move with a seed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: str = KIND
    title: NameText = Field("Seeds", min_length=1, max_length=120)
    question: dict[str, Any]
    schemes: list[str] = Field(min_length=1)
    first_seed: int = Field(1, ge=0, le=2**32 - 1 - MOST_SEEDS)
    seeds: int = Field(5, ge=2, le=MOST_SEEDS)
    places_anew: bool = True

    @property
    def id(self) -> str:
        """Return what the sweep is known by: the same specification is the same sweep."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def every_seed(self) -> range:
        """Return the seeds."""
        return range(self.first_seed, self.first_seed + self.seeds)


def make_seed_sweep(
    question: TwinScenario, schemes: list[str], seeds: int, first_seed: int = 1, places_anew: bool = True
) -> SeedSweep:
    """Return a checked seed sweep (SettingsError)."""
    unknown = [key for key in schemes if key not in SCHEME_TITLES]
    if unknown or not schemes or len(set(schemes)) < len(schemes):
        raise SettingsError("The schemes of a seed sweep must be known ones, each named once: choose one at least.")
    try:
        return SeedSweep(
            title=cleaned(f"{seeds} seeds, {question.name}"[:100]),
            question=question.model_dump(mode="json"),
            schemes=schemes,
            first_seed=first_seed,
            seeds=seeds,
            places_anew=places_anew,
        )
    except ValidationError as error:
        raise SettingsError(
            f"A seed sweep takes 2 to {MOST_SEEDS} seeds, the first one from 0 to {2**32 - 1 - MOST_SEEDS}."
        ) from error


def submit_seed_sweep(store: RunStore, spec: SeedSweep) -> int:
    """Queue what is missing of a seed sweep, all of it or nothing; return the number of runs queued.

    A sweep that is known already goes on where it stopped. Raises ScenarioError, CityError or StoreError.
    """
    known = {sweep_id: title for sweep_id, title, _, _ in store.sweeps()}
    title = known.get(spec.id) or numbered(spec.title, set(known.values()))
    question = twin_of_data(spec.question)
    orders: list[Order] = []
    for seed in spec.every_seed:
        placed = with_users_moved(question, seed, cache_folder(store.root)) if spec.places_anew else question
        for scheme in spec.schemes:
            words = cleaned(f"{title}: {SCHEME_TITLES[scheme]}, seed {seed}")
            orders.append(make_order(placed, scheme, seed, {}, words, None, (spec.id, len(orders))))
    return store.submit_sweep((spec.id, title, spec.model_dump_json()), orders)


def read_seed_sweep(text: str) -> SeedSweep | None:
    """Return the seed sweep that a stored specification is, None where it is of another kind or cannot be read."""
    with suppress(ValidationError, ValueError):
        data = json.loads(text)
        if isinstance(data, dict) and "study" in data:
            return SeedSweep.model_validate(data)
    return None


def stored_seed_sweeps(store: RunStore) -> dict[str, tuple[str, SeedSweep]]:
    """Return title and specification of every seed sweep by its id, newest first."""
    found = {}
    for sweep_id, title, _, text in store.sweeps():
        spec = read_seed_sweep(text)
        if spec is not None:
            found[sweep_id] = title, spec
    return found


def seed_table(store: RunStore, sweep_id: str, spec: SeedSweep) -> pd.DataFrame:
    """Return a seed sweep as one table: a row per run with scheme, seed, state and every figure."""
    import pandas as pd

    runs = {run.case_number: run for run in store.list() if run.sweep == sweep_id}
    cases = itertools.product(spec.every_seed, spec.schemes)
    rows = [
        {"method": scheme, "seed": seed} | outcome_of(runs.get(number)) for number, (seed, scheme) in enumerate(cases)
    ]
    return pd.DataFrame(rows)


def outcome_of(run: Run | None) -> dict[str, Any]:
    """Return what a row of a sweep's table says of a run: its id, its state and its figures."""
    if run is None:
        return {"run": None, "state": "not queued"}
    figures = {key: value for key, value in (run.kpis or {}).items() if key not in ("method", "seed")}
    return {"run": run.id, "state": run.state, **figures}
