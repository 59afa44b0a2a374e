"""Sweeps: a grid over scenario fields and settings, methods and seeds, expanded to runs of the store."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from itnt_core.methods import SettingsError, find_method, override_scenario, settings_of, split_overrides
from itnt_core.presets import PRESETS, preset
from itnt_core.scenario import STORED, NameText, Scenario, plain_data, read_file, read_scenario, scenario_of_data, shown
from itnt_core.studies import study_of
from itnt_core.texts import cleaned

from .axes import axis_words
from .costs import bound_s, estimate_cost, sentence
from .paths import cache_folder
from .queueing import make_order
from .resizing import AERIAL, COUNTS, USERS, resized
from .run import Run
from .seed_sweeps import outcome_of, read_seed_sweep, seed_table
from .store import RunStore
from .titles import numbered

if TYPE_CHECKING:
    import pandas as pd

# Of a sweep; characters of a field's values; cases whose cost is estimated.
MOST_RUNS, MOST_TEXT, MOST_WORKS = 5000, 10_000, 50
USER_KEYS = (USERS, AERIAL)


class SweepSpec(BaseModel):
    """What a sweep varies.

    ``grid`` maps dotted scenario fields, settings of the methods, or the numbers ``users`` (aerial and ground),
    ``aerial_users``, ``stations`` and ``satellites`` to their values; a preset then places its users anew. Every
    combination is run with every method and every seed. ``settings`` are those of each method that do not vary.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: NameText = Field("Sweep", min_length=1, max_length=120)
    preset: str | None = None
    scenario: Scenario | None = None
    grid: dict[str, list[JsonValue]] = {}
    methods: list[str] = Field(["straight"], min_length=1)
    settings: dict[str, dict[str, JsonValue]] = {}
    seeds: list[int] = Field([1], min_length=1)
    time_limit_s: float | None = Field(None, gt=0.0)

    @property
    def id(self) -> str:
        """Return what the sweep is known by: the same specification is the same sweep."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @property
    def run_count(self) -> int:
        """Return how many runs it expands to."""
        count = len(self.methods) * len(self.seeds)
        for values in self.grid.values():
            count *= len(values)
        return count


@dataclass(frozen=True)
class SweepCase:
    """One run of a sweep."""

    number: int
    fields: Mapping[str, Any]
    method: str
    seed: int
    scenario: Scenario
    settings: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Return what tells it from its neighbours."""
        fields = "".join(f"{axis_words(key, value)}, " for key, value in self.fields.items())
        return f"{fields}{find_method(self.method).title}, seed {self.seed}"


def read_sweep(path: Path) -> SweepSpec:
    """Read a sweep from a YAML or JSON file; ``scenario`` may name a scenario file beside it.

    Raises SettingsError, or ScenarioError when the file or the scenario in it cannot be read.
    """
    data = plain_data(read_file(path), name=path.name)
    if not isinstance(data, dict):
        raise SettingsError(
            f"The sweep {shown(path.name)} is a {type(data).__name__}, but a mapping of keys is needed."
        )
    if isinstance(data.get("scenario"), str):
        data["scenario"] = read_scenario(_beside(path, data["scenario"]))
    return make_sweep(data)


def _beside(sweep: Path, name: str) -> Path:
    """Return the file that a sweep names, which must lie with it: a sweep that others send opens nothing else."""
    found = sweep.parent / name
    if not found.resolve().is_relative_to(sweep.parent.resolve()):
        raise SettingsError(
            f"The scenario of the sweep {shown(sweep.name)} is {shown(name)}, but a file beside the sweep is needed: "
            "copy it there."
        )
    return found


def make_sweep(data: Mapping[str, Any]) -> SweepSpec:
    """Return a checked sweep from plain values (SettingsError says all that is wrong, ScenarioError what is there)."""
    values = dict(data)
    if isinstance(values.get("scenario"), dict):
        values["scenario"] = scenario_of_data(values["scenario"])
    try:
        spec = SweepSpec.model_validate(values)
    except ValidationError as error:
        lines = [
            f"The sweep's '{'.'.join(map(str, found['loc']))}' cannot be used: {found['msg']}."
            for found in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError("\n".join(lines)) from error
    problems = _problems(spec)
    if problems:
        raise SettingsError("\n".join(problems))
    return spec


def _problems(spec: SweepSpec) -> list[str]:
    found = []
    if (spec.preset is None) == (spec.scenario is None):
        found.append("A sweep needs either a preset or a scenario: name one of them.")
    if spec.preset is not None and spec.preset not in PRESETS:
        found.append(f"The preset is {spec.preset!r}, but known are {', '.join(PRESETS)}: choose one of them.")
    found += [f"'{key}' has no values: give at least one." for key, values in spec.grid.items() if not values]
    if len(set(spec.methods)) < len(spec.methods):
        found.append("A method stands twice: name each once.")
    strangers = {*spec.settings} - {*spec.methods}
    found += [
        f"There are settings for '{key}', which is none of the methods: remove them." for key in sorted(strangers)
    ]
    if len(set(spec.seeds)) < len(spec.seeds) or not all(0 <= seed <= 2**32 - 1 for seed in spec.seeds):
        found.append("The seeds must be different whole numbers from 0 to 4294967295.")
    if spec.run_count > MOST_RUNS:
        found.append(f"The sweep has {spec.run_count:,} runs, but at most {MOST_RUNS:,} are taken: use fewer values.")
    return found


def expand(spec: SweepSpec, cache_dir: Path | None = None) -> list[SweepCase]:
    """Return every run of a sweep, all checked before the first is queued (SettingsError or ScenarioError)."""
    methods = {key: find_method(key) for key in spec.methods}
    known = {name for method in methods.values() for name in method.settings_type.model_fields}
    cases: list[SweepCase] = []
    for values in itertools.product(*spec.grid.values()):
        fields = dict(zip(spec.grid, values, strict=True))
        base = _base(spec, fields, cache_dir)
        rest = {name: value for name, value in fields.items() if name not in COUNTS}
        # A setting that only some of the methods have is left out for the others.
        of_scenario = {name: value for name, value in rest.items() if name not in known}
        seeded = {seed: override_scenario(base, of_scenario | {"seed": seed}) for seed in spec.seeds}
        for key, method in methods.items():
            own = spec.settings.get(key, {}) | split_overrides(method, rest)[0]
            settings = settings_of(method, own).model_dump(mode="json")
            for seed in spec.seeds:
                cases.append(SweepCase(len(cases), fields, key, seed, seeded[seed], settings))
    return cases


def works(spec: SweepSpec, cache_dir: Path | None = None) -> Iterator[tuple[str, float, float, float]]:
    """Yield (method, work, seconds for the bound, how many runs) for the combinations of a sweep.

    Of a grid with many combinations some are looked at, evenly spread, and each stands for its neighbours. Every seed
    is a scenario of its own, whose bound its first method finds for all.
    """
    grids = [dict(zip(spec.grid, values, strict=True)) for values in itertools.product(*spec.grid.values())]
    chosen = grids[:: max(1, -(-len(grids) // MOST_WORKS))]
    for fields in chosen:
        single = spec.model_copy(
            update={"grid": {key: [value] for key, value in fields.items()}, "seeds": spec.seeds[:1]}
        )
        for case in expand(single, cache_dir):
            asked = study_of(case.scenario).prepare(case.scenario, case.method, case.seed, case.settings)
            certificate_s = bound_s(asked.slots, asked.entries) if case.method == spec.methods[0] else 0.0
            yield case.method, asked.work, certificate_s, len(spec.seeds) * len(grids) / len(chosen)


def sweep_cost(spec: SweepSpec, runs: Sequence[Run], at_once: int, cache_dir: Path | None = None) -> str:
    """Say in one sentence what a sweep will cost (SettingsError, ScenarioError)."""
    return cost_of_works(works(spec, cache_dir), runs, at_once)


def cost_of_works(sizes: Iterable[tuple[str, float, float, float]], runs: Sequence[Run], at_once: int) -> str:
    """Say in one sentence what the works of a sweep will cost."""
    return sentence(
        [(estimate_cost(method, work, runs, certificate_s), count) for method, work, certificate_s, count in sizes],
        at_once,
    )


def _base(spec: SweepSpec, fields: Mapping[str, Any], cache_dir: Path | None) -> Scenario:
    counts = {key: fields[key] for key in COUNTS if key in fields}
    if spec.scenario is not None:
        return resized(spec.scenario, counts, cache_dir)
    drawn = {key: counts.pop(key, None) for key in USER_KEYS}  # a preset places its users anew
    for key, value in drawn.items():
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise SettingsError(f"'{key}' is {value!r}, but a whole number is needed.")
    made = preset(str(spec.preset), drawn[USERS], drawn[AERIAL], None, cache_dir)
    return resized(made, counts, cache_dir)


def submit_sweep(
    store: RunStore, spec: SweepSpec, launcher: str | None = None, *, start: bool = False
) -> tuple[str, int]:
    """Queue what is missing of a sweep, all of it or nothing, and return its id and the number of runs queued.

    With ``start`` the workers are started then. A sweep that is known already goes on where it stopped: finished runs
    stay, unfinished ones are queued again.
    """
    known = {sweep_id: title for sweep_id, title, _, _ in store.sweeps()}
    title = known.get(spec.id) or numbered(spec.title, set(known.values()))
    orders = [
        make_order(
            case.scenario,
            case.method,
            case.seed,
            case.settings,
            cleaned(f"{title}: {case.title}"),
            spec.time_limit_s,
            (spec.id, case.number),
        )
        for case in expand(spec, cache_folder(store.home))
    ]
    queued = store.submit_sweep((spec.id, title, spec.model_dump_json()), orders, launcher)
    if start:
        store.launch()
    return spec.id, queued


def stored_sweeps(store: RunStore) -> dict[str, tuple[str, SweepSpec]]:
    """Return title and specification of every sweep that can be read by its id, newest first."""
    found = {}
    for sweep_id, title, _, spec in store.sweeps():
        with suppress(ValidationError):  # of a newer program, or damaged
            found[sweep_id] = title, SweepSpec.model_validate_json(spec, context=STORED)
    return found


def sweep_table(store: RunStore, sweep_id: str) -> pd.DataFrame:
    """Return a sweep as one table: a row per run, the varied values, the state and every figure (KeyError)."""
    import pandas as pd

    specs = {known: spec for known, _, _, spec in store.sweeps()}
    seeds = read_seed_sweep(specs[sweep_id])
    if seeds is not None:
        return seed_table(store, sweep_id, seeds)
    spec = SweepSpec.model_validate_json(specs[sweep_id], context=STORED)
    runs = {run.case_number: run for run in store.list() if run.sweep == sweep_id}
    cases = itertools.product(itertools.product(*spec.grid.values()), spec.methods, spec.seeds)
    rows = [
        dict(zip(spec.grid, values, strict=True)) | {"method": method, "seed": seed} | outcome_of(runs.get(number))
        for number, (values, method, seed) in enumerate(cases)
    ]
    return pd.DataFrame(rows)


def numeric_fields(scenario: Scenario) -> list[str]:
    """Return the dotted numbers of a scenario that are worth varying: those of its parts, and of all of its objects."""
    data = scenario.model_dump(mode="json")
    parts = [(name, data[name]) for name in ("radio", "qos", "channel", "time")]
    for name in ("ground_stations", "aerial_users", "passes"):
        parts += [(f"{name}.*", data[name][0])] if data[name] else []
    return [
        f"{name}.{key}"
        for name, part in parts
        for key, value in part.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and key not in ("east_m", "north_m")
    ]


def parse_values(text: str) -> list[JsonValue]:
    """Read ``a,b,c`` as a list of values: JSON where it can be read as such, else text."""
    values: list[JsonValue] = []
    for part in filter(None, (part.strip() for part in text[:MOST_TEXT].split(","))):
        try:
            values.append(json.loads(part))
        except (ValueError, RecursionError):  # not JSON, a number of thousands of digits, brackets without end
            values.append(part)
    return values
