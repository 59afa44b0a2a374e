"""The command line: scenarios, methods, runs and their verification."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from itnt_core.bounds import EFFORTS, upper_bound
from itnt_core.disk import disk_sentence, shown_path
from itnt_core.methods import (
    METHODS,
    ProgressEvent,
    SettingsError,
    find_method,
    override_scenario,
    read_settings,
    split_overrides,
)
from itnt_core.network import build_world
from itnt_core.objective import objective_of
from itnt_core.presets import DEFAULT_PRESET, PRESETS, preset
from itnt_core.reproduce import FIGURES, reproduce
from itnt_core.results import infeasible_sentence, load_result, verify_result
from itnt_core.runs import (
    RunRequest,
    cache_folder,
    data_root,
    write_request,
)
from itnt_core.runs.execute import execute
from itnt_core.scenario import Scenario, ScenarioError, dump_scenario, read_scenario
from itnt_core.terminal import plain_output
from itnt_core.views.paper import FIGURE_FOLDER

from . import cli_city, cli_passes, cli_report, cli_runs, cli_twin
from .cli_paths import RUN_MARKS, add_output, input_path, write_output
from .cli_runs import read_seeds

TRACEBACK_VARIABLE, FAULT = "ITNT_TRACEBACK", "This is a fault of the program"
MOST_PROCESSES = 256


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
    if type(error).__module__.startswith("itnt_core."):
        return str(error)  # the program's own errors are sentences
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
    setting += "coverage=ignored (data alone counts)"
    run.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides", help=setting)
    add_output(run, "a new or empty folder, or that of an earlier run", marks=RUN_MARKS)
    run.set_defaults(command=_run)
    evaluate = commands.add_parser("evaluate", help="recompute a result from its stored decision alone")
    evaluate.add_argument("folder", type=input_path, metavar="DIR")
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
    cli_runs.add_commands(commands)
    cli_city.add_commands(commands)
    cli_twin.add_commands(commands, _overrides)
    cli_passes.add_commands(commands)
    cli_report.add_commands(commands)
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


def _preset_help() -> str:
    return "Presets: " + "; ".join(f"{name}: {description}" for name, description in PRESETS.items())


def _new_scenario(options: argparse.Namespace) -> int:
    cache_dir = cache_folder(data_root())
    scenario = preset(options.preset, options.users, options.aerial_users, options.seed, cache_dir)
    scenario = cli_city.with_city(scenario, options.city)
    form = "json" if options.output.suffix.lower() == ".json" else "yaml"
    write_output(options.output, dump_scenario(scenario, form))  # type: ignore[arg-type]
    print(f"{options.output}: {_described(scenario)}")
    return 0


def _described(scenario: Scenario) -> str:
    return (
        f"{scenario.name}: {len(scenario.ground_stations)} GBSs, {len(scenario.passes)} passes, "
        f"{_imported(scenario)}"
        f"{len(scenario.aerial_users)} aerial and {len(scenario.ground_users)} ground users, "
        f"{scenario.time.slots} slots of {scenario.time.slot_s:g} s, objective {objective_of(scenario).name}"
    )


def _imported(scenario: Scenario) -> str:
    count = sum(len(group.satellites) for group in scenario.orbits)
    return f"{count} imported satellites, " if count else ""


def _check_scenario(options: argparse.Namespace) -> int:
    try:
        scenario = read_scenario(options.file)
    except ScenarioError as error:
        for problem in error.problems:
            print(problem.sentence)
        return 1
    print(f"No problem. {_described(scenario)}")
    return 0


def _list_methods(options: argparse.Namespace) -> int:
    for method in METHODS.values():
        print(f"{method.key}: {method.title}. {method.summary}")
        for name, field in method.settings_type.model_fields.items():
            print(f"    --set {name}={field.default}  {field.description or ''}".rstrip())
    return 0


def _overrides(pairs: Sequence[str]) -> dict[str, Any]:
    """Read ``key=value`` pairs; a value is JSON where it can be read as such, else text."""
    values: dict[str, Any] = {}
    for pair in pairs:
        key, sign, text = pair.partition("=")
        if not sign or not key:
            raise SettingsError(f"'{pair}' is not of the form key=value: write for example radio.carrier_ghz=3.5.")
        try:
            values[key] = json.loads(text)
        except (ValueError, RecursionError):  # not JSON: text
            values[key] = text
    return values


def _run(options: argparse.Namespace) -> int:
    method = find_method(options.method)
    settings, fields = split_overrides(method, _overrides(options.overrides))
    checked = read_settings(method, settings).model_dump(mode="json")
    if options.seed is not None:
        fields["seed"] = options.seed
    scenario = override_scenario(read_scenario(options.file), fields)
    build_world(scenario, cache_dir=cache_folder(data_root()))  # a world that cannot be leaves no folder behind
    write_request(options.output, scenario, RunRequest(method=method.key, seed=scenario.seed, settings=checked))
    result = execute(options.output, cache_folder(data_root()), _tell)
    print(json.dumps(result.kpis))
    broken = infeasible_sentence(result.manifest)
    if broken:
        print(broken, file=sys.stderr)
    return 1 if broken else 0


def _tell(event: ProgressEvent) -> None:
    print(f"{event.fraction:5.0%} {event.phase}: {event.message}", file=sys.stderr)


def _bound(options: argparse.Namespace) -> int:
    world = build_world(read_scenario(options.file), cache_dir=cache_folder(data_root()))
    found = upper_bound(world, options.effort)
    answer = {
        "upper_bound_mbit": found.data_service_mbit,
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
    output = options.output or FIGURE_FOLDER / f"{options.figure}.json"
    tell = partial(print, file=sys.stderr)
    found = reproduce(
        options.figure, read_seeds(options.seeds), output, options.processes, cache_folder(data_root()), tell
    )
    print(json.dumps({"figure": options.figure, "file": str(output), "cases": len(found["cases"])}))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    verification = verify_result(load_result(options.folder), cache_folder(data_root()))
    for sentence in (*(violation.sentence for violation in verification.violations), *verification.mismatches):
        print(sentence)
    print(json.dumps({**verification.kpis, "violations": len(verification.violations),
                      "mismatches": len(verification.mismatches), "passed": verification.passed}))  # fmt: skip
    return 0 if verification.passed else 1
