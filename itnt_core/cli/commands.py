"""The command line: scenarios, methods, runs and their verification."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from itnt_core.bounds import EFFORTS, UnknownBoundError, upper_bound
from itnt_core.city import city_of_scenario
from itnt_core.disk import disk_sentence, shown_path
from itnt_core.errors import ItntError
from itnt_core.figures import own_figure_file
from itnt_core.flight import reference_flight
from itnt_core.methods import METHODS, SettingsError, suggest_site, unknown_to_bound
from itnt_core.network import build_world, find_doubts, find_unreachable
from itnt_core.objective import objective_of
from itnt_core.presets import DEFAULT_PRESET, EXAMS, PRESETS, preset
from itnt_core.reproduce import FIGURES, reproduce
from itnt_core.runs import cache_folder
from itnt_core.scenario import Scenario, ScenarioError, read_scenario, scenario_file_text, with_added
from itnt_core.studies import read_any_result, read_question
from itnt_core.words import count_of, handover_sentence, optional_parts

from . import (
    backups,
    calibration,
    city,
    compiling,
    explain,
    exports,
    flux,
    passes,
    people,
    places,
    plugins,
    promise,
    report,
    runs,
    twin,
)
from .answer import answer
from .paths import RUN_MARKS, add_output, input_path, write_output
from .runs import parse_seeds
from .terminal import plain_output

TRACEBACK_VARIABLE, FAULT = "ITNT_TRACEBACK", "This is a fault of the program"
MOST_PROCESSES = 256  # of one sweep: far more than any machine here has cores


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 the input or the result is wrong, 2 wrong usage.

    Whatever goes wrong is said in a sentence; ``ITNT_TRACEBACK=1`` shows where in the program an unforeseen fault lies.
    """
    _print_anything()
    with plain_output():
        return _main(arguments)


def _main(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
        return int(options.command(options))
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except Exception as error:  # the boundary of a command: nobody at a terminal is served by a traceback
        sentence = _sentence_of(error)
        if sentence.startswith(FAULT) and os.environ.get(TRACEBACK_VARIABLE):
            raise
        print(sentence, file=sys.stderr)
        return 1


def _sentence_of(error: Exception) -> str:
    if isinstance(error, ItntError):
        return "\n".join(error.sentences)
    if isinstance(error, MemoryError):
        return "The memory does not suffice for this: ask for less, or close other programs."
    if isinstance(error, OSError) and error.errno is not None:
        return disk_sentence(error)
    if isinstance(error, RecursionError):
        return "What was given is nested too deeply to be read: flatten it."
    kind = type(error).__name__
    return (
        f"This is a fault of the program ({kind}: {shown_path(error)}): report it; {TRACEBACK_VARIABLE}=1 shows more."
    )


def _print_anything() -> None:
    """Let a terminal that knows few characters show the others as escapes, in place of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


@cache  # it depends on nothing: what plug-ins add is looked up by the command that runs
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m itnt_core", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_scenario(commands)
    commands.add_parser("methods", help="list the methods").set_defaults(command=_list_methods)
    run = commands.add_parser("run", help="answer a scenario; the last line of output is one JSON object")
    run.add_argument("file", type=input_path)
    run.add_argument("--method", required=True, metavar="KEY")
    run.add_argument("--seed", type=int)
    setting = "a setting of the method, or a field of the scenario such as radio.carrier_ghz=3.5 or "
    setting += "coverage=ignored (data alone counts), objective=max_min, ground_users.*.demand_mbit_s=2"
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides", help=setting)
    add_output(run, "a new or empty folder, or that of an earlier run", marks=RUN_MARKS)
    run.set_defaults(command=_run)
    evaluate = commands.add_parser(
        "evaluate", help="recompute a result from its stored decision alone; exit 1 where something is wrong"
    )
    evaluate.add_argument("folder", type=input_path, metavar="DIR")
    evaluate.add_argument("--bound", action="store_true", help="compute the certified upper bounds anew, too")
    evaluate.set_defaults(command=_evaluate)
    bound = commands.add_parser("bound", help="print the certified upper bound of a scenario as JSON")
    bound.add_argument("file", type=input_path)
    bound.add_argument("--effort", choices=list(EFFORTS), default="standard")
    bound.set_defaults(command=_bound)
    again = commands.add_parser("reproduce", help="compute a figure of the paper anew")
    again.add_argument("figure", choices=list(FIGURES))
    again.add_argument("--seeds", default="1:6", metavar="FIRST:LAST+1 or A,B")
    again.add_argument("--processes", type=int, default=2, metavar="N")
    add_output(again, "default: the file that the page shows", needed=False)
    again.set_defaults(command=_reproduce)
    runs.add_commands(commands)
    city.add_commands(commands)
    twin.add_commands(commands)
    passes.add_commands(commands)
    places.add_commands(commands)
    report.add_commands(commands)
    promise.add_commands(commands)
    explain.add_commands(commands)
    calibration.add_commands(commands)
    flux.add_commands(commands)
    exports.add_commands(commands)
    plugins.add_commands(commands)
    people.add_commands(commands)
    backups.add_commands(commands)
    compiling.add_commands(commands)
    return parser


def _add_scenario(commands: Any) -> None:
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
    scenario = city.with_city(scenario, options.city)
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


def _list_methods(options: argparse.Namespace) -> int:
    for method in METHODS.values():
        print(f"{method.key}: {method.title}. {method.summary}")
        for name, field in method.settings_type.model_fields.items():
            print(f"    --set {name}={field.default}  {field.description or ''}".rstrip())
    return 0


def _run(options: argparse.Namespace) -> int:
    study, question = read_question(options.file)
    return answer(options, study, question, options.method)


def _bound(options: argparse.Namespace) -> int:
    scenario = read_scenario(options.file)
    print("".join(f"{sentence}\n" for sentence in unknown_to_bound(scenario)), end="", file=sys.stderr)
    world = build_world(scenario, cache_dir=cache_folder())
    try:
        found = upper_bound(world, options.effort)
    except UnknownBoundError as unknown:
        print(json.dumps({"upper_bound_mbit": None, "served_bound": None, "unknown": str(unknown)}))
        return 0
    answer = {
        "upper_bound_mbit": found.data_service_mbit,
        **({} if objective_of(world.scenario).is_plain else {"utility_bound_mbit": found.utility_mbit}),
        "kind": found.kind,
        "by_kind_mbit": found.by_kind_mbit,
        "served_bound": found.served_share,
    }
    print(json.dumps({**answer, "effort": options.effort, "wall_s": round(found.wall_s, 3)}))
    return 0


def _reproduce(options: argparse.Namespace) -> int:
    if not 1 <= options.processes <= MOST_PROCESSES:
        raise SettingsError(
            f"The number of processes is {options.processes}, but 1 to {MOST_PROCESSES} are allowed: change it."
        )
    output = options.output or own_figure_file(options.figure)
    print_line = partial(print, file=sys.stderr)
    found = reproduce(options.figure, parse_seeds(options.seeds), output, options.processes, cache_folder(), print_line)
    print(json.dumps({"figure": options.figure, "file": str(output), "cases": len(found["cases"])}))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    study, result = read_any_result(options.folder)
    found = study.verify(result, cache_folder(), recompute_bound=options.bound)
    for sentence in found.sentences:
        print(sentence)
    counts = {"violations": len(found.violations), "mismatches": len(found.mismatches)}
    print(json.dumps({**found.kpis, **counts, "sealed": found.is_sealed, "passed": found.passed}))
    return 0 if found.passed else 1
