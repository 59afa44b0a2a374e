"""Worlds that are flown: computed once per server for each dispatcher, drawn as two panes on one clock."""

from __future__ import annotations

import json
from dataclasses import asdict
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from itnt_core.dispatch import (
    DispatchDynamics,
    DispatchEpisode,
    DispatchOptions,
    Setting,
    compile_apart,
    dynamics_of,
    record_episode,
    reward_bound,
)
from itnt_core.mapdata import BEAM_NOTE, DOME_NOTE, episode_bundle
from itnt_core.runs import cache_folder
from itnt_core.scenario import scenario_of_data
from itnt_core.words import LETTERS, episode_sentence
from pages.comparing.panes import wanted_moment
from pages.shared.assets import base_path, publish
from pages.shared.component import WORKSPACE_MAP, mount
from pages.shared.map3d import city_url

from .asking import Asked
from .pilots import Pilot


@st.cache_resource(show_spinner="Compiling, once for this installation: it may take a minute …")
def make_ready() -> bool:
    """Have everything compiled before this process needs it: others go on meanwhile."""
    compile_apart()
    return True


def stage_of(asked: Asked, worlds: int) -> DispatchDynamics:
    """Return so many worlds in step (DispatchError, ScenarioError where there can be none)."""
    make_ready()
    known = _stage(*texts_of(asked))
    return DispatchDynamics(known.setting, worlds, known.unit_mbit, known.radio_map)


def texts_of(asked: Asked) -> tuple[str, str]:
    return asked.scenario.model_dump_json(), json.dumps(asdict(asked.options))


@st.cache_resource(max_entries=4, show_spinner="Putting the worlds together …")
def _stage(scenario: str, options: str) -> DispatchDynamics:
    """Return what all worlds share; nobody steps it."""
    chosen = DispatchOptions.of(json.loads(options))
    return dynamics_of(Setting.of(scenario_of_data(json.loads(scenario)), chosen, cache_folder()), 1)


def fly(asked: Asked, pilot: Pilot) -> DispatchEpisode:
    """Return the asked world as a dispatcher leads it."""
    return _episode(*texts_of(asked), asked.world, pilot.code, asked, pilot)


@st.cache_resource(max_entries=24, show_spinner="Flying …")
def _episode(scenario: str, options: str, world: int, code: str, _asked: Asked, _pilot: Pilot) -> DispatchEpisode:
    del scenario, options, code
    dynamics = stage_of(_asked, 1)
    return record_episode(dynamics, _pilot.dispatcher(dynamics), world)


def bound_of(asked: Asked) -> float:
    """Return what the mean reward of a slot cannot exceed in the asked world: certified."""
    return _bound(*texts_of(asked), asked.world, asked)


@st.cache_data(max_entries=64, show_spinner=False)
def _bound(scenario: str, options: str, world: int, _asked: Asked) -> float:
    del scenario, options
    dynamics = stage_of(_asked, 1)
    dynamics.reset(np.array([world]))
    return float(reward_bound(dynamics)[0])


@st.cache_resource(max_entries=24, show_spinner=False)
def _blob(scenario: str, options: str, world: int, code: str, _episode: DispatchEpisode) -> bytes:
    del scenario, options, world, code
    return episode_bundle(_episode)


def play(asked: Asked, pilots: tuple[Pilot, Pilot], episodes: tuple[DispatchEpisode, DispatchEpisode]) -> None:
    """Mount the map with both flights of the asked world; it plays by itself, and a new world from its start."""
    named = list(zip(LETTERS, pilots, episodes, strict=False))
    city = city_url(asked.scenario)
    urls = [publish(_blob(*texts_of(asked), asked.world, pilot.code, episode)) for _, pilot, episode in named]
    address = {"worlds": asked.source, "world": asked.world, "a": pilots[0].key, "b": pilots[1].key}
    data = {
        "mode": "compare",
        "way": "panes",
        "panes": [
            {"title": pilot.title, "city_url": city, "replay_url": url}
            for (_, pilot, _), url in zip(named, urls, strict=True)
        ],
        "start_s": wanted_moment(asked.scenario.time.duration_s),
        "autoplay": True,
        "course": " ".join(urls),
        "link": f"{base_path()}/Dispatch?{urlencode(address)}",
        "note": "",
        "sky_note": DOME_NOTE,
        "beam_note": BEAM_NOTE,
        "alt": " ".join(f"{letter}: {episode_sentence(pilot.title, episode)}" for letter, pilot, episode in named),
    }
    mount(WORKSPACE_MAP, data)
