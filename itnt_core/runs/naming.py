"""What a run is called: its method and what changed since the run before; never the same text twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from itnt_core.city import City, city_of_scenario
from itnt_core.errors import ItntError
from itnt_core.mapdata import nearest_label
from itnt_core.presets import TEMPLATES, preset
from itnt_core.results import SCENARIO_FILE
from itnt_core.scenario import Scenario
from itnt_core.studies import find_study, read_stored_question
from itnt_core.words import change_count, object_count, short_changes

from .queueing import Order
from .run import Run, of_study
from .titles import MOST_TITLE

MOST_LOOKED_AT = 12  # of the newest questions before
NEAR_M = 300.0  # from a place that gives its name


def named(order: Order, earlier: Sequence[Run], folder_of: Callable[[str], Path], cache_dir: Path) -> Order:
    """Return an order named by its method and what changed since the nearest of the ``earlier`` runs, newest first."""
    alike = [run for run in of_study(earlier, order.kind) if not run.sweep]
    subject = order.asked.question.name
    with suppress(ItntError, OSError):  # a full disk, a city that is gone: the run itself will say so
        subject = _subject(order, alike, folder_of, cache_dir)
    title = f"{order.asked.method_title}, {subject}"[:MOST_TITLE].rstrip()
    return replace(order, title=title, subject=subject)


def _subject(order: Order, earlier: Sequence[Run], folder_of: Callable[[str], Path], cache_dir: Path) -> str:
    question = order.asked.question
    digest = question.content_hash()
    for run in earlier:
        if run.scenario_hash == digest:
            return run.subject or question.name
    if not isinstance(question, Scenario):
        return question.name
    base = _nearest(question, _questions(earlier, folder_of), order.draft) or _its_preset(question, cache_dir)
    if base is None or base.name != question.name:
        return question.name
    return short_changes(base, question, _namer_of(question, cache_dir)) or question.name


Known = tuple[Scenario, str | None]  # a question before, and the draft that it was


def _questions(earlier: Iterable[Run], folder_of: Callable[[str], Path]) -> Iterator[Known]:
    """Yield the newest different questions that can be read."""
    seen: dict[str, Run] = {}
    for run in earlier:
        seen.setdefault(run.scenario_hash, run)
    for run in list(seen.values())[:MOST_LOOKED_AT]:
        with suppress(ItntError, OSError):
            question = read_stored_question(folder_of(run.id) / SCENARIO_FILE, find_study(run.kind))
            if isinstance(question, Scenario):
                yield question, run.draft


def _nearest(question: Scenario, known: Iterable[Known], draft: str | None) -> Scenario | None:
    """Return the question that differs least, of several the one of the same draft, then the newest; None where none is
    of the same ground and shares half of the objects."""
    best: tuple[tuple[int, bool], Scenario] | None = None
    for other, its_draft in known:
        if (other.area, other.city) != (question.area, question.city):
            continue
        distance = change_count(other, question)
        if 2 * distance > max(1, object_count(question)):
            continue
        rank = distance, its_draft != draft
        if best is None or rank < best[0]:
            best = rank, other
    return best and best[1]


def _its_preset(question: Scenario, cache_dir: Path) -> Scenario | None:
    """Return the preset that a scenario was made from, known by its name, ground, and half of its objects."""
    for key, template in TEMPLATES.items():
        if template.base.name == question.name:
            return _nearest(question, [(preset(key, cache_dir=cache_dir), None)], None)
    return None


def _namer_of(question: Scenario, cache_dir: Path) -> Callable[[float, float], str]:
    """Return what names places of a scenario's city; the city is made when somebody asks."""
    cities: list[City] = []

    def place_of(east_m: float, north_m: float) -> str:
        if not cities:
            cities.append(city_of_scenario(question, cache_dir))
        return nearest_label(cities[0], east_m, north_m, NEAR_M)

    return place_of
