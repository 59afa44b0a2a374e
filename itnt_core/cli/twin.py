"""The command ``twin``: spectrum sharing from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import numpy as np

from itnt_core.intervals import interval
from itnt_core.runs import cache_folder, table_bytes
from itnt_core.studies import SpectrumSharing
from itnt_core.twin import (
    DEFAULT_TWIN_PRESET,
    MOST_BYTES,
    SCHEME_TITLES,
    TWIN_PRESETS,
    TrafficOptions,
    build_environment,
    find_scheme,
    format_twin,
    parse_sent_traffic,
    read_twin,
    run_scheme,
    twin_of_data,
    with_users_moved,
    write_twin_result,
)
from itnt_core.twin import twin_preset as preset

from .answer import answer, read_overrides
from .paths import RUN_MARKS, TABLE_MARKS, add_output, input_path, write_output
from .runs import parse_seeds

MOVE_WORDS = "place the users anew by the seed, too, as 'twin new --seed' does"
PRINTED = (
    "scheme",
    "seed",
    "mean_backlog_mbit",
    "max_backlog_mbit",
    "final_backlog_mbit",
    "bound_mbit",
    "gap",
    "plan_s",
    "refine_s_per_cycle",
    "violations",
)


def add_commands(commands: Any) -> None:
    """Add ``twin`` to the command line."""
    twin = commands.add_parser("twin", help="spectrum sharing with a digital twin: new, run, compare")
    actions = twin.add_subparsers(required=True, metavar="ACTION")
    known = "; ".join(f"{name}: {text}" for name, text in TWIN_PRESETS.items())
    new = actions.add_parser("new", help="write a preset as a file", epilog=f"Presets: {known}")
    new.add_argument("--preset", default=DEFAULT_TWIN_PRESET, metavar="NAME")
    new.add_argument("--seed", type=int, metavar="N")
    new.add_argument("--users", type=int, metavar="N")
    new.add_argument("--traffic", type=input_path, metavar="CSV", help="measured traffic: cell, time, activity")
    new.add_argument("--forecast", type=input_path, metavar="CSV", help="your own forecast of it, in the same form")
    new.add_argument(
        "--time-zone",
        default="",
        metavar="ZONE",
        help="of times in these files that name none, such as Europe/London; otherwise they are UTC",
    )
    new.add_argument(
        "--counter",
        action=argparse.BooleanOptionalAction,
        help="the activity is a counter's reading that only rises, or is not; otherwise this is found",
    )
    add_output(new)
    new.set_defaults(command=_new)
    schemes = "; ".join(f"{key}: {title}" for key, title in SCHEME_TITLES.items())
    run = actions.add_parser(
        "run", help="roll one scheme out; the last line of output is one JSON object", epilog=f"Schemes: {schemes}"
    )
    run.add_argument("file", type=input_path)
    run.add_argument("--scheme", required=True, metavar="KEY")
    run.add_argument(
        "--seed", type=int, metavar="N", help="of traffic, walks, shadowing and errors; the users start where they are"
    )
    run.add_argument("--move-users", action="store_true", help=MOVE_WORDS)
    run.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="overrides",
        help="a field of the question, such as error.csi_tn_sigma_db=8",
    )
    add_output(run, marks=RUN_MARKS)
    run.set_defaults(command=_run)
    compare = actions.add_parser("compare", help="roll several schemes out over several seeds; one table")
    compare.add_argument("file", type=input_path)
    compare.add_argument("--seeds", default="0:10", metavar="FIRST:LAST+1 or A,B")
    compare.add_argument("--schemes", default=",".join(SCHEME_TITLES), metavar="A,B")
    compare.add_argument("--move-users", action="store_true", help=MOVE_WORDS)
    compare.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides")
    add_output(compare, marks=TABLE_MARKS)
    compare.set_defaults(command=_compare)


def _new(options: argparse.Namespace) -> int:
    scenario = preset(options.preset, options.seed, options.users, cache_folder())
    updates: dict[str, Any] = {}
    for name, path in (("series", options.traffic), ("own_forecast", options.forecast)):
        if path is not None:
            with path.open("rb") as handle:  # a device or a pipe has no size to ask for
                content = handle.read(MOST_BYTES + 1)
            read = parse_sent_traffic(content, path.name, TrafficOptions(options.time_zone, options.counter))
            print(f"{path.name}: {read.summary}", file=sys.stderr)
            updates[name] = read.series
    if options.forecast is not None:
        updates["forecaster"] = "own_file"
    if updates:
        traffic = scenario.traffic.model_copy(update=updates)
        scenario = twin_of_data(scenario.model_copy(update={"traffic": traffic}).model_dump(mode="json"))
    write_output(options.output, format_twin(scenario))
    network = scenario.network
    print(
        f"{options.output}: {scenario.name}: {len(network.ground_stations)} GBSs, {len(network.passes)} passes, "
        f"{len(network.ground_users)} users, {network.radio.subchannels} sub-bands, {scenario.windows} windows of "
        f"{scenario.sharing.cycles_per_window} cycles of {scenario.cycle_s:g} s"
    )
    return 0


def _run(options: argparse.Namespace) -> int:
    scenario = read_twin(options.file)
    if options.move_users:
        seed = scenario.seed if options.seed is None else options.seed
        scenario = with_users_moved(scenario, seed, cache_folder())
    return answer(options, SpectrumSharing(), scenario, options.scheme, PRINTED)


def _compare(options: argparse.Namespace) -> int:
    """Run schemes over seeds, all on the same worlds, and keep every result and one table."""
    import pandas as pd

    scenario, seeds = read_twin(options.file), parse_seeds(options.seeds)
    study, fields = SpectrumSharing(), read_overrides(options.overrides)
    keys = [find_scheme(key) for key in options.schemes.split(",")]
    options.output.mkdir(parents=True, exist_ok=True)
    rows = []
    for seed in seeds:
        placed = with_users_moved(scenario, seed, cache_folder()) if options.move_users else scenario
        question, _ = study.change(placed, keys[0], fields, seed)
        environment = build_environment(question, cache_dir=cache_folder())
        for key in keys:
            result = run_scheme(environment.scenario, key, environment=environment)
            write_twin_result(options.output / f"{key}-{seed}", result)
            rows.append({name: value for name, value in result.kpis.items() if name != "method"})
            write_output(options.output / "table.csv", table_bytes(pd.DataFrame(rows), "csv"))
            print(f"seed {seed}, {SCHEME_TITLES[key]}: {result.kpis['mean_backlog_mbit']:.1f} Mbit", file=sys.stderr)
    means = {}
    for key in keys:
        values = np.array([row["mean_backlog_mbit"] for row in rows if row["scheme"] == key])
        half = _half_interval(values)
        means[key] = {"mean_backlog_mbit": float(values.mean()), "half_95": half}
        print(f"{SCHEME_TITLES[key]:28} {values.mean():10.1f} Mbit" + (f" +- {half:.1f}" if half is not None else ""))
    print(json.dumps({"schemes": means, "seeds": seeds, "table": str(options.output / "table.csv")}))
    return 0


def _half_interval(values: np.ndarray) -> float | None:
    """Return half of the 95 % interval of the mean by Student's law, None for a single value."""
    half = interval(values.tolist())[1]
    return None if np.isnan(half) else half
