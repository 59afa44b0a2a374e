"""The command ``places``: measured antennas for base stations, ways and traces for ground users."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

from itnt_core.city import Movement, city_of_scenario, with_movement
from itnt_core.disk import shown_path
from itnt_core.radio import MOST_ANTENNA_BYTES, AntennaFileError, parse_antenna
from itnt_core.runs import cache_folder
from itnt_core.scenario import Scenario, ScenarioError, check_scenario, read_scenario, scenario_file_text, with_pattern
from itnt_core.traces import MOST_BYTES, Clock, Metres, Placing, TraceFileError, parse_sent_traces, use_traces

from .paths import add_output, input_path, write_output


def add_commands(commands: Any) -> None:
    """Add ``places`` to the command line."""
    places = commands.add_parser("places", help="antennas from files; ground users that walk, drive or follow traces")
    actions = places.add_subparsers(required=True, metavar="ACTION")
    antenna = actions.add_parser("antenna", help="embed a measured antenna pattern (MSI / Planet) in a scenario")
    antenna.add_argument("file", type=input_path, metavar="SCENARIO")
    antenna.add_argument("pattern", type=input_path, metavar="FILE")
    antenna.add_argument("--stations", type=_names, default=(), metavar="ID,ID", help="GBSs that get it")
    antenna.set_defaults(command=_antenna)
    move = actions.add_parser("move", help="let ground users walk or drive through the city, or stand still")
    move.add_argument("file", type=input_path, metavar="SCENARIO")
    move.add_argument("--as", choices=get_args(Movement), default="walk", dest="movement")
    move.add_argument("--users", type=_names, default=(), metavar="ID,ID", help="default: all who are outdoors")
    move.set_defaults(command=_move)
    trace = actions.add_parser("trace", help="add a ground user for each trace of a file: GPX, CSV or SUMO FCD (XML)")
    trace.add_argument("file", type=input_path, metavar="SCENARIO")
    trace.add_argument("traces", type=input_path, metavar="FILE")
    trace.add_argument("--clock", choices=get_args(Clock), default="start", help="start: the file begins with it")
    trace.add_argument("--metres", choices=get_args(Metres), default="auto")
    trace.add_argument("--most", type=int, metavar="N", help="no more users than these")
    trace.set_defaults(command=_trace)
    for action in (antenna, move, trace):
        add_output(action, ".json for JSON, else YAML")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _antenna(options: argparse.Namespace) -> int:
    content = _content(options.pattern, MOST_ANTENNA_BYTES, AntennaFileError)
    pattern = parse_antenna(content, options.pattern.stem)
    scenario = with_pattern(read_scenario(options.file), pattern, options.stations)
    whom = f" for {', '.join(options.stations)}" if options.stations else ", not used by a base station yet"
    return _written(options, scenario, f"{pattern.name}, {pattern.gain_dbi:g} dBi{whom}")


def _move(options: argparse.Namespace) -> int:
    scenario = read_scenario(options.file)
    users = options.users or [user.id for user in scenario.ground_users if not user.is_indoors]
    moved = with_movement(scenario, city_of_scenario(scenario, cache_folder()), users, options.movement)
    return _written(options, moved, f"{len(users):,} ground users: {options.movement}")


def _trace(options: argparse.Namespace) -> int:
    read = parse_sent_traces(_content(options.traces, MOST_BYTES, TraceFileError))
    used = use_traces(read_scenario(options.file), read, Placing(options.clock, options.metres, options.most))
    return _written(options, used.scenario, " ".join((f"{used.added:,} ground users added.", *used.notes)))


def _content(path: Path, most: int, error: type[Exception]) -> bytes:
    """Read a file of at most so many bytes; the error, of whose file it is, for a larger one or a folder."""
    if not path.is_file():
        raise error(f"'{shown_path(path)}' is no file: name one.")
    size = path.stat().st_size
    if size > most:
        raise error(
            f"The file '{shown_path(path)}' has {size / 1e6:,.1f} MB, but {most / 1e6:g} MB are allowed: cut it."
        )
    return path.read_bytes()


def _written(options: argparse.Namespace, scenario: Scenario, words: str) -> int:
    problems = check_scenario(scenario)
    if problems:
        raise ScenarioError(problems)
    write_output(options.output, scenario_file_text(scenario, options.output))
    print(f"{options.output}: {words}")
    return 0
