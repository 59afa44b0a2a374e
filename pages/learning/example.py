"""What the lessons of this session stand on, and the positions of their knobs."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from itnt_core.lessons import (
    ASKED,
    Evidence,
    Example,
    Knob,
    Lesson,
    Sentence,
    Step,
    Value,
    accepted_values,
    all_evidence,
    manageable,
)
from itnt_core.runs import RunStore
from itnt_core.scenario import Scenario
from pages.shared.assets import DEMO_FOLDER
from pages.shared.cities import city_of
from pages.shared.frame import escaped
from pages.shared.state import open_scenario

MEMORY = "learn_knobs"


def markdown(sentences: Iterable[Sentence]) -> str:
    """Return sentences as paragraphs, their computed values bold, everything else literal."""
    return "\n\n".join(
        "".join(
            f"**{escaped(text)}**" if computed and text.strip() else escaped(text) for text, computed in sentence.parts
        )
        for sentence in sentences
    )


def example_for(step: Step) -> tuple[Example, Sentence | None]:
    """Return the example for a step on the open scenario, and a note where only a part of it is taken."""
    scenario, note = manageable(open_scenario())
    evidence = evidence_for(step, scenario)
    return _example(scenario.content_hash(), evidence.stamp, scenario, evidence), note


@st.cache_resource(max_entries=6, show_spinner=False)
def _example(digest: str, stamp: str, _scenario: Scenario, _evidence: Evidence) -> Example:
    del digest, stamp
    return Example(_scenario, city_of(_scenario), _evidence)


def evidence_for(step: Step, scenario: Scenario) -> Evidence:
    """Return what the user's runs tell about a step, read again when a run has changed."""
    if step.key not in ASKED:
        return Evidence()
    store = RunStore()
    runs = tuple((run.id, run.title, run.state, run.finished, round(run.progress, 2)) for run in store.list())
    return _evidence(step.key, str(store.home), runs, scenario.content_hash(), store, scenario)


@st.cache_resource(max_entries=8, show_spinner=False)
def _evidence(
    key: str, root: str, runs: tuple[object, ...], digest: str, _store: RunStore, _scenario: Scenario
) -> Evidence:
    del root, runs, digest
    return all_evidence(_store, _scenario, DEMO_FOLDER, ASKED[key])


def values_of(step: Step, example: Example) -> dict[str, Value]:
    """Return where the knobs of a step stand, remembered while other steps are shown."""
    kept = st.session_state.setdefault(MEMORY, {}).get(_address(step, example), {})
    return accepted_values(step, example, kept)


def lesson_of(step: Step, example: Example, values: dict[str, Value]) -> Lesson:
    """Return the lesson, computed once for these values."""
    return _lesson(
        step.key, example.scenario.content_hash(), example.evidence.stamp, tuple(values.items()), step, example
    )


@st.cache_resource(max_entries=96, show_spinner="Computing …")
def _lesson(
    key: str, digest: str, stamp: str, values: tuple[tuple[str, Value], ...], _step: Step, _example: Example
) -> Lesson:
    del key, digest, stamp
    return _step.teach(_example, dict(values))


def show_knobs(step: Step, example: Example) -> dict[str, Value]:
    """Show the knobs of a step and return where they stand; with another name, numbers start anew from its own."""
    memory, address = st.session_state.setdefault(MEMORY, {}), _address(step, example)
    before = memory.get(address, {})
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"learn_knobs_{step.key}"):
        kept = {**before, **_show_some(step, example, before, address, names=True)}
        names = {knob.key for knob in step.knobs(example, accepted_values(step, example, kept)) if knob.choices}
        if any(before.get(name, kept[name]) != kept[name] for name in names):
            kept = {name: kept[name] for name in names}
        kept |= _show_some(step, example, kept, address, names=False)
    memory[address] = kept
    return accepted_values(step, example, kept)


def _show_some(step: Step, example: Example, kept: dict[str, Value], address: str, names: bool) -> dict[str, Value]:
    """Show the choices of names, or the numbers; these are other widgets with other names chosen."""
    now = accepted_values(step, example, kept)
    knobs = step.knobs(example, now)
    chosen = "_".join(str(now[knob.key]) for knob in knobs if knob.choices)
    return {
        knob.key: _show(knob, now[knob.key], f"{address}_{knob.key}" if names else f"{address}_{knob.key}_{chosen}")
        for knob in knobs
        if bool(knob.choices) == names
    }


def reset_knobs(step: Step, example: Example) -> None:
    """Put all knobs of a step back to the scenario's own values."""
    st.session_state.get(MEMORY, {}).pop(_address(step, example), None)
    for key in [key for key in st.session_state if str(key).startswith(_address(step, example))]:
        del st.session_state[key]


def _show(knob: Knob, value: Value, key: str) -> Value:
    if knob.choices:
        if key not in st.session_state or st.session_state[key] not in knob.choices:
            st.session_state[key] = value
        return str(st.selectbox(knob.title, knob.choices, key=key, width=220))
    if knob.low >= knob.high:
        return value
    kind = int if knob.whole else float
    if key not in st.session_state:
        st.session_state[key] = kind(value)
    limits = kind(knob.low), kind(knob.high)
    if _on_steps(knob):
        return kind(st.slider(knob.title, *limits, step=kind(knob.step), key=key, width=220))
    return kind(st.number_input(knob.title, *limits, step=kind(knob.step), key=key, width=220))


def _on_steps(knob: Knob) -> bool:
    """Say whether a slider's steps meet the default and are not too many to aim at."""
    steps = (float(knob.default) - knob.low) / knob.step
    return abs(steps - round(steps)) < 1e-6 and (knob.high - knob.low) / knob.step <= 80


def _address(step: Step, example: Example) -> str:
    return f"learn_{step.key}_{example.scenario.content_hash()[:12]}"
