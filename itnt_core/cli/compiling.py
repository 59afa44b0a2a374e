"""The command ``compile``: makes compiled code ready, once for an installation and its processor.

Whoever needs a function that is not compiled yet compiles it, and waits: the first plan and the first bound of an
installation half a minute each. Compiled code is kept beside the sources, until they change.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np

from itnt_core.association import ActiveAssociator, AssociationProblem, is_wide
from itnt_core.bounds import upper_bound
from itnt_core.cores import usable_cores
from itnt_core.dispatch import compile_apart
from itnt_core.methods import METHODS, override_scenario, quiet, settings_of
from itnt_core.network import build_world
from itnt_core.presets import preset
from itnt_core.rate_laws import TITLES
from itnt_core.runs import cache_folder
from itnt_core.scenario import Scenario
from itnt_core.twin import run_scheme, twin_preset

MANY = (200, 20, 5)  # users, stations, subchannels: so many that the association takes its way for many
PATIENT = {"rounds": 1, "shakes": 1, "time_limit_s": 3600.0}  # compiling is not what its limit of time is for
STEPS = {"rate": list(TITLES)[-1]}  # a law of steps, whose powers are searched by code of its own


def add_commands(commands: Any) -> None:
    """Add ``compile`` to the command line."""
    ready = commands.add_parser("compile", help="compile ahead, so that the first runs need not; once per installation")
    ready.set_defaults(command=_compile)


def _compile(options: argparse.Namespace) -> int:
    del options
    started = time.monotonic()
    print("Compiling what computes; once for an installation.", file=sys.stderr, flush=True)
    build_world(preset("tiny", cache_dir=cache_folder()), cache_dir=cache_folder())  # what every part needs
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(usable_cores(), len(PARTS)), mp_context=spawn) as pool:
        for part in pool.map(_computed, PARTS):
            print(f"  {part}: ready", file=sys.stderr, flush=True)
    print(f"Compiled in {time.monotonic() - started:.0f} s.", file=sys.stderr)
    return 0


def _computed(part: str) -> str:
    """Compute a small case, by which all that it needs is compiled; return the part's name."""
    PARTS[part]()
    return part


def _plan(radio: Mapping[str, str]) -> None:
    scenario = override_scenario(_tiny(), {f"radio.{name}": value for name, value in radio.items()})
    planner = METHODS["planner"]
    world = build_world(scenario, cache_dir=cache_folder())
    planner.solve(world, settings_of(planner, PATIENT), 1, quiet)


def _bound() -> None:
    upper_bound(build_world(_tiny(), cache_dir=cache_folder()))


def _associate_many() -> None:
    draw = np.random.default_rng(1)
    users, stations, subchannels = MANY
    assert is_wide(*MANY)
    problem = AssociationProblem(
        gain=draw.uniform(1e-12, 1e-9, (1, *MANY)),
        power_w=np.ones((1, stations, subchannels)),
        noise_w=1e-13,
        bandwidth_hz=1e6,
        rate_law=_tiny().radio.rate_law,
        min_sinr=0.1,
        min_sinr_active=0.1,
        max_users=np.full(stations, users),
    )
    ActiveAssociator(shakes=1).solve(problem)


def _share_spectrum() -> None:
    run_scheme(twin_preset("toy", cache_dir=cache_folder()), "joint_refine", cache_dir=cache_folder())


def _tiny() -> Scenario:
    return preset("tiny", cache_dir=cache_folder())


# What takes longest begins first.
PARTS: Mapping[str, Callable[[], None]] = {
    "plans": partial(_plan, {}),
    "bounds": _bound,
    "association of many users": _associate_many,
    "windows of the twin": _share_spectrum,
    "dispatched flights": compile_apart,
    "rate laws of steps": partial(_plan, STEPS),
}
