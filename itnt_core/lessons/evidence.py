"""The user's own runs, as lessons tell of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itnt_core.recorded import RECORDED_TITLE
from itnt_core.results import DATA_SERVICE, SCENARIO_FILE, read_manifest
from itnt_core.scenario import Scenario, read_scenario

if TYPE_CHECKING:
    from itnt_core.runs import Run, RunStore
    from itnt_core.twin import TwinResult

LEARNED = ("proposed", "epa", "t_ddqn", "ra")
MOST_RUNS = 8  # that are looked at, the latest first


@dataclass(frozen=True)
class RunSeen:
    """A finished run of data service: what it is called, how it was made, what came out."""

    title: str
    method: str
    kpis: Mapping[str, Any]
    scenario_name: str
    same_scenario: bool  # as the open one
    recorded: bool = False  # the demo that comes with the program


@dataclass(frozen=True)
class TrainingSeen:
    """A learned run with the events of its training."""

    run: RunSeen
    events: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class TwinSeen:
    """A finished run of spectrum sharing."""

    title: str
    scheme: str
    result: TwinResult


@dataclass(frozen=True)
class Evidence:
    """What the user has computed so far, newest first; nothing at first."""

    runs: tuple[RunSeen, ...] = ()
    training: TrainingSeen | None = None
    twin: TwinSeen | None = None

    @property
    def stamp(self) -> str:
        """Return a text that changes when there is something new to tell."""
        training = f"{self.training.run.title}:{len(self.training.events)}" if self.training else ""
        twin = f"{self.twin.title}:{self.twin.result.manifest['created']}" if self.twin else ""
        return "|".join([training, twin, *(f"{run.title}:{run.kpis['data_service_mbit']}" for run in self.runs)])


def runs_seen(store: RunStore, scenario: Scenario, demo: Path) -> tuple[RunSeen, ...]:
    """Return the newest finished runs of data service, those of the open scenario first, else the recorded demo."""
    from itnt_core.runs import of_study

    digest = scenario.content_hash()
    finished = [run for run in of_study(store.list(), DATA_SERVICE) if run.state == "done" and run.kpis]
    finished.sort(key=lambda run: run.scenario_hash != digest)  # stable: newest first within both
    seen = tuple(_seen(run, store, digest) for run in finished[:MOST_RUNS])
    return seen or _recorded(demo, digest)


def training_seen(store: RunStore, scenario: Scenario) -> TrainingSeen | None:
    """Return the newest learned run that has something to show of its training, finished or not."""
    from itnt_core.figures import training

    for run in store.list():
        if run.method not in LEARNED or run.state == "queued":
            continue
        events, _ = store.events(run.id)
        if training(events) is not None:
            settings = _quietly(partial(_settings, store.folder(run.id)), {})
            return TrainingSeen(_seen(run, store, scenario.content_hash()), tuple(events), settings)
    return None


def twin_seen(store: RunStore) -> TwinSeen | None:
    """Return the newest finished run of spectrum sharing, one with a plan and its correction first."""
    from itnt_core.results import ResultError
    from itnt_core.runs import of_study
    from itnt_core.twin import KIND, SCHEME_TITLES, read_twin_result

    finished = [run for run in of_study(store.list(), KIND) if run.state == "done"]
    finished.sort(key=lambda run: run.method != "joint_refine")
    for run in finished:
        try:
            return TwinSeen(run.title, SCHEME_TITLES[run.method], read_twin_result(store.folder(run.id)))
        except (ResultError, KeyError):
            continue
    return None


def _settings(folder: Path) -> dict[str, Any]:
    from itnt_core.runs import read_request

    return dict(read_request(folder).settings)


def _seen(run: Run, store: RunStore, digest: str) -> RunSeen:
    name = _quietly(lambda: read_scenario(store.folder(run.id) / SCENARIO_FILE, stored=True).name, run.title)
    return RunSeen(run.title, _method_title(run.method), run.kpis or {}, name, run.scenario_hash == digest)


def _recorded(demo: Path, digest: str) -> tuple[RunSeen, ...]:
    """Return the demo as the only run, nothing where it is not there or not whole."""
    try:
        manifest = read_manifest(demo)
        name = read_scenario(demo / SCENARIO_FILE).name
        kpis, same = manifest["kpis"], manifest["scenario_hash"] == digest
        return (RunSeen(RECORDED_TITLE, _method_title(manifest["method"]), kpis, name, same, recorded=True),)
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _method_title(key: str) -> str:
    from itnt_core.methods import METHODS

    return METHODS[key].title if key in METHODS else key


def _quietly(read: Callable[[], Any], otherwise: Any) -> Any:
    """Return what reading gives; a file that was lost costs its line, not the page."""
    try:
        return read()
    except (OSError, ValueError):
        return otherwise


def all_evidence(store: RunStore, scenario: Scenario, demo: Path, parts: Iterable[str]) -> Evidence:
    """Gather the parts (``runs``, ``training``, ``twin``) of the evidence that a lesson asks for."""
    asked = set(parts)
    return Evidence(
        runs_seen(store, scenario, demo) if "runs" in asked else (),
        training_seen(store, scenario) if "training" in asked else None,
        twin_seen(store) if "twin" in asked else None,
    )
