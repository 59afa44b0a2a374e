"""What the pages show of each kind of study, beside what all runs have in common; one registry of it.

A study without an entry is listed, followed, exported and reported all the same; it has no page of its own then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itnt_core.dispatch import KIND as DISPATCHING
from itnt_core.results import DATA_SERVICE
from itnt_core.runs import Run, of_study
from itnt_core.twin import KIND as SPECTRUM_SHARING
from itnt_core.words import MOST_RUNS

from .ascent import show_ascent
from .explanations import show_explanations
from .modes import lead_to
from .rounds import show_rounds
from .twin_steps import show_steps


@dataclass(frozen=True)
class Way:
    """A way to another page: ``parameters`` are those of its address."""

    page: str
    label: str
    icon: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Detail:
    """Something more to see of a finished run, made when someone looks: ``show`` draws it from the run's folder."""

    key: str
    label: str
    icon: str
    show: Callable[[Path], None]


@dataclass(frozen=True)
class StudyView:
    """What the pages show of the runs of one study.

    ``home`` is the page where its runs are started; ``watch`` leads to one finished run, ``beside`` to several side by
    side; ``show_course`` draws how a run got where it is from its events, under a key.
    """

    title: str = ""
    home: str = ""
    watch: Callable[[Run], Way] | None = None
    beside: Callable[[Sequence[Run]], Way] | None = None
    show_course: Callable[[Iterable[Mapping[str, Any]], str], None] | None = None
    details: tuple[Detail, ...] = ()


def _replay(run: Run) -> Way:
    return Way("pages/5_Replay.py", "Replay", ":material/play_circle:", {"run": run.id})


def _compare(runs: Sequence[Run]) -> Way:
    chosen = ",".join(run.id for run in runs[:MOST_RUNS])
    return Way("pages/6_Compare.py", "Compare", ":material/compare_arrows:", {"runs": chosen})


def _question(runs: Sequence[Run]) -> Way:
    where = {"question": runs[0].scenario_hash[:12]}
    return Way("pages/7_Spectrum_twin.py", "Watch", ":material/hub:", where)


def _policy(run: Run) -> Way:
    return Way("pages/12_Dispatch.py", "Fly it", ":material/flight_takeoff:", {"policy": run.id})


STUDY_VIEWS: dict[str, StudyView] = {
    DATA_SERVICE: StudyView(
        title="Optimise",
        home="pages/3_Optimise.py",
        watch=_replay,
        beside=_compare,
        show_course=show_ascent,
        details=(Detail("unserved", "Unserved users", ":material/person_off:", show_explanations),),
    ),
    SPECTRUM_SHARING: StudyView(
        title="Spectrum twin",
        home="pages/7_Spectrum_twin.py",
        watch=lambda run: _question([run]),
        beside=_question,
        show_course=show_steps,
    ),
    DISPATCHING: StudyView(title="Dispatch", home="pages/12_Dispatch.py", watch=_policy, show_course=show_rounds),
}
NO_VIEW = StudyView()


def view_of(run: Run) -> StudyView:
    """Return what the pages show of a run, beside what all runs have in common."""
    return STUDY_VIEWS.get(run.kind, NO_VIEW)


def ways_to(runs: Sequence[Run]) -> list[Way]:
    """Return the ways to runs with results: to the only one of a study, or to several of a study side by side."""
    ways = []
    for name in dict.fromkeys(run.kind for run in runs):
        own = of_study(runs, name)
        view = STUDY_VIEWS.get(name, NO_VIEW)
        if len(own) == 1 and view.watch is not None:
            ways.append(view.watch(own[0]))
        elif len(own) > 1 and view.beside is not None:
            ways.append(view.beside(own))
    return ways


def offer(way: Way, label: str = "", place: str = "") -> None:
    """Offer a way as a link; ``place`` tells two of the same way on one page apart."""
    lead_to(way.page, label or way.label, way.icon, way.parameters, place)
