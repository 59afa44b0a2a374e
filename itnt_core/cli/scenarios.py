"""The command ``scenario``: make and check scenario files."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from itnt_core.city import city_of_scenario
from itnt_core.flight import reference_flight
from itnt_core.methods import SettingsError, suggest_site
from itnt_core.network import build_world, find_doubts, find_unreachable
from itnt_core.objective import objective_of
from itnt_core.presets import DEFAULT_PRESET, EXAMS, PRESETS, preset
from itnt_core.runs import cache_folder
from itnt_core.scenario import Scenario, ScenarioError, read_scenario, scenario_file_text, with_added
from itnt_core.words import count_of, handover_sentence, optional_parts

from .city import with_city
from .paths import add_output, input_path, write_output


def add_commands(commands: Any) -> None:
    """Add ``scenario`` to the command line."""
    scenario = commands.add_parser("scenario", help="make and check scenario files")
    actions = scenario.add_subparsers(required=True, metavar="ACTION")
    new = actions.add_parser("new", help="write a preset as a file", epilog=_preset_help())
    new.add_argument("--preset", default=DEFAULT_PRESET, metavar="NAME")
    new.add_argument("--users", type=int, metavar="N", help="aerial and ground users together")
    new.add_argument("--aerial-users", type=int, metavar="N")
    new.add_argument("--seed", type=int, metavar="N")
    new.add_argument("--city", metavar="CITY", help="put it onto an imported city: its folder, hash or name")
    add_output(new, ".json for JSON, else YAML")
    new.set_defaults(command=_new_scenario)
    check = actions.add_parser("check", help="list every problem of a file; exit 1 when there is one")
    check.add_argument("file", type=input_path)
    check.set_defaults(command=_check_scenario)
    site = actions.add_parser("site", help="add one more base station where it helps most")
    site.add_argument("file", type=input_path)
    add_output(site, ".json for JSON, else YAML")
    site.set_defaults(command=_add_site)


def _preset_help() -> str:
    return "Presets: " + "; ".join(f"{name}: {description}" for name, description in (PRESETS | EXAMS).items())


def _new_scenario(options: argparse.Namespace) -> int:
    cache_dir = cache_folder()
    scenario = preset(options.preset, options.users, options.aerial_users, options.seed, cache_dir)
    scenario = with_city(scenario, options.city)
    write_output(options.output, scenario_file_text(scenario, options.output))
    print(f"{options.output}: {_described(scenario)}")
    if options.city is not None:
        _print_doubts(scenario)
    return 0


def _described(scenario: Scenario) -> str:
    return (
        f"{scenario.name}: {count_of(len(scenario.ground_stations), 'GBS')}, "
        f"{count_of(len(scenario.passes), 'pass', 'passes')}, {_imported(scenario)}"
        f"{len(scenario.aerial_users)} aerial and {len(scenario.ground_users)} ground users, "
        f"{scenario.time.slots} slots of {scenario.time.slot_s:g} s, objective {objective_of(scenario).name}"
        f"{''.join(f', {part}' for part in optional_parts(scenario))}. {handover_sentence(scenario)}"
    ).rstrip(" .")


def _imported(scenario: Scenario) -> str:
    count = sum(len(group.satellites) for group in scenario.orbits)
    return f"{count} imported satellites, " if count else ""


def _check_scenario(options: argparse.Namespace) -> int:
    try:
        scenario = read_scenario(options.file)
    except ScenarioError as error:
        print("\n".join(error.sentences))
        return 1
    try:
        if scenario.aerial_users and (scenario.has_obstacles or scenario.has_budgets):
            reference_flight(build_world(scenario, cache_dir=cache_folder()))
    except ScenarioError as error:
        print("\n".join(error.sentences))
        return 1
    print(f"No problem. {_described(scenario)}")
    _print_doubts(scenario)
    return 0


def _add_site(options: argparse.Namespace) -> int:
    scenario = read_scenario(options.file)
    found = suggest_site(scenario, city=city_of_scenario(scenario, cache_folder()))
    if not found.is_worth_it:
        raise SettingsError(f"No site that was tried is better by the objective, {objective_of(scenario).name}.")
    write_output(
        options.output, scenario_file_text(with_added(scenario, "ground_stations", (found.best,)), options.output)
    )
    place = f" near {found.best.name}" if found.best.name else ""
    print(f"{options.output}: {found.best.id}{place} adds {found.gain_words} {found.meaning}")
    return 0


def _print_doubts(scenario: Scenario) -> None:
    """Print on the error stream what is allowed but hardly meant; a city that is not at hand is another's to tell."""
    try:
        world = build_world(scenario, cache_dir=cache_folder())
    except ScenarioError as error:
        print("\n".join(f"Warning: {sentence}" for sentence in error.sentences), file=sys.stderr)
        return
    for doubt in (*find_doubts(scenario, world.city, world.sky), *find_unreachable(world)):
        print(f"Warning: {doubt.sentence}", file=sys.stderr)
