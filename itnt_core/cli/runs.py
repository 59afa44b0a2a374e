"""The commands ``runs`` and ``sweep``: the run store from the command line."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from itnt_core.methods import SettingsError
from itnt_core.runs import (
    HERE,
    LOG_FILE,
    SUFFIX,
    Format,
    Run,
    RunStateError,
    RunStore,
    SweepSpec,
    UnknownRunError,
    cache_folder,
    check_scheduler,
    checked_address,
    default_launcher,
    delete_older,
    export_run,
    main_figure,
    make_sweep,
    most_parallel_runs,
    parse_values,
    purge,
    read_sweep,
    submit_sweep,
    sweep_cost,
    sweep_table,
    table_bytes,
)
from itnt_core.scenario import read_scenario

from .paths import add_output, input_path, write_output

POLL_S = 0.5
MOST_SEEDS = 10_000  # of one sweep, which has a limit of runs besides


def add_commands(commands: Any) -> None:
    """Add ``runs`` and ``sweep`` to the command line."""
    _add_runs(commands)
    _add_sweep(commands)


def _add_runs(commands: Any) -> None:
    actions = commands.add_parser("runs", help="list, follow and tidy the runs of the data folder").add_subparsers(
        required=True, metavar="ACTION"
    )
    listing = actions.add_parser("list", help="list the runs, newest first")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.add_argument("--deleted", action="store_true", help="the deleted ones, which restore brings back")
    listing.set_defaults(command=_list)
    show = actions.add_parser("show", help="print everything known of a run as JSON, and its log with --log")
    show.add_argument("--log", action="store_true")
    show.set_defaults(command=_show)
    show.add_argument("run", metavar="ID")
    acts = {
        "cancel": "stop a run; the best decision until then is kept",
        "resume": "queue a run again that did not finish; a training goes on from its checkpoint",
        "delete": "hide a run; restore brings it back until a purge",
        "restore": "bring a deleted run back",
    }
    for name, text in acts.items():
        action = actions.add_parser(name, help=text)
        action.add_argument("runs", nargs="+", metavar="ID")
        action.set_defaults(command=_act, act=name)
    cleaning = actions.add_parser("purge", help="remove deleted runs with their files")
    cleaning.add_argument("--older", type=float, metavar="DAYS", help="delete those that ended before this, first")
    cleaning.set_defaults(command=_purge)
    export = actions.add_parser("export", help="write a run's result for other programs")
    export.add_argument("run", metavar="ID")
    export.add_argument("--format", choices=list(SUFFIX), default="zip")
    add_output(export, "default: ID and the format's ending", needed=False)
    export.set_defaults(command=_export)


def _add_sweep(commands: Any) -> None:
    sweep = commands.add_parser(
        "sweep",
        help="run a grid of scenario fields, methods and seeds; the same sweep again goes on where it stopped",
    )
    sweep.add_argument(
        "file", nargs="?", type=input_path, help="a sweep as YAML or JSON: preset or scenario, grid, methods"
    )
    base = sweep.add_mutually_exclusive_group()
    base.add_argument("--scenario", type=input_path, metavar="FILE")
    base.add_argument("--preset", metavar="NAME")
    sweep.add_argument("--grid", action="append", default=[], metavar="KEY=A,B,C", help="may be given several times")
    sweep.add_argument("--methods", metavar="A,B")
    sweep.add_argument("--seeds", metavar="FIRST:LAST+1 or A,B")
    sweep.add_argument("--title")
    sweep.add_argument("--time-limit", type=float, metavar="SECONDS", help="of each run")
    sweep.add_argument("--dask", metavar="ADDRESS", help="compute on this Dask cluster instead of this machine")
    sweep.add_argument("--detach", action="store_true", help="do not wait: the runs go on by themselves")
    sweep.add_argument("--dry-run", action="store_true", help="only say how many runs it is and what they will cost")
    add_output(sweep, "the table, .csv or .parquet", needed=False)
    sweep.set_defaults(command=_sweep)


def _when(moment: float | None) -> str:
    return datetime.fromtimestamp(moment).strftime("%Y-%m-%d %H:%M") if moment else "-"


def _list(options: argparse.Namespace) -> int:
    for run in RunStore().list(deleted=options.deleted):
        if options.json:
            print(json.dumps(_as_dict(run)))
            continue
        value, unit = main_figure(run) or (None, "")
        figure = " " * 14 if value is None else f"{value:9.1f} {unit:4}"
        place = f" (place {run.position})" if run.position else ""
        print(f"{run.id}  {run.state + place:20} {run.progress:4.0%} {_when(run.created)} {figure}  {run.title}")
    return 0


def _as_dict(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in Run.__dataclass_fields__} | {"duration_s": run.duration_s}


def _show(options: argparse.Namespace) -> int:
    store = RunStore()
    run = store.get(options.run)
    print(json.dumps(_as_dict(run) | {"folder": str(store.folder(run.id))}, indent=2))
    log = store.folder(run.id) / LOG_FILE
    if options.log and log.is_file():
        print(log.read_text(encoding="utf-8", errors="replace"))
    return 0


def _act(options: argparse.Namespace) -> int:
    store = RunStore()
    wrong = []
    for run_id in options.runs:
        try:
            getattr(store, options.act)(run_id)
        except (RunStateError, UnknownRunError) as error:
            wrong.append(f"{run_id}: {error}")
    if options.act in ("resume", "restore"):
        store.launch()
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def _purge(options: argparse.Namespace) -> int:
    store = RunStore()
    if options.older is not None:
        print(f"{delete_older(store, options.older)} runs deleted")
    print(f"{purge(store):.1f} MB freed")
    return 0


def _export(options: argparse.Namespace) -> int:
    output = options.output or Path(f"{options.run}.{SUFFIX[options.format]}")
    content = export_run(RunStore(), options.run, options.format)
    write_output(output, content)
    print(f"{output}: {len(content) / 1e6:.2f} MB")
    return 0


def _asked_sweep(options: argparse.Namespace) -> SweepSpec:
    """Return the sweep of the file, or the one that the options describe."""
    described = (options.scenario, options.preset, options.methods, options.seeds, options.title, options.time_limit)
    if options.file is not None:
        if any(value is not None for value in described) or options.grid:
            raise SettingsError("A sweep file says everything itself: give either the file or the other options.")
        return read_sweep(options.file)
    values: dict[str, Any] = {"grid": dict(_grid_entry(entry) for entry in options.grid)}
    values |= {"scenario": read_scenario(options.scenario)} if options.scenario else {}
    values |= {"preset": options.preset or "london-4km"} if not options.scenario else {}
    values |= {"methods": options.methods.split(",")} if options.methods else {}
    values |= {"seeds": parse_seeds(options.seeds)} if options.seeds else {}
    values |= {"title": options.title} if options.title else {}
    return make_sweep(values | {"time_limit_s": options.time_limit})


def _grid_entry(text: str) -> tuple[str, list[Any]]:
    key, sign, values = text.partition("=")
    if not sign or not key:
        raise SettingsError(f"'{text}' is not of the form key=a,b,c: write for example radio.carrier_ghz=2,3.5.")
    return key, parse_values(values)


def parse_seeds(text: str) -> list[int]:
    """Read ``1:6`` (seeds 1 to 5) or ``1,2,3`` (SettingsError)."""
    try:
        if ":" in text:
            first, last = (int(part) for part in text.split(":"))
            seeds = list(range(first, min(last, first + MOST_SEEDS + 1)))
        else:
            seeds = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise SettingsError(f"The seeds are '{text}': write for example 1:6 for seeds 1 to 5, or 1,2,3.") from error
    if not seeds or min(seeds) < 0 or len(seeds) > MOST_SEEDS:
        raise SettingsError(
            f"The seeds '{text}' are none, negative or over {MOST_SEEDS:,}: write for example 1:6 for seeds 1 to 5."
        )
    return seeds


def _sweep(options: argparse.Namespace) -> int:
    if options.output is not None and options.output.suffix not in (".csv", ".parquet"):
        raise SettingsError(f"The table '{options.output}' must end with .csv or .parquet.")
    store, spec = RunStore(), _asked_sweep(options)
    launcher = checked_address(options.dask) if options.dask is not None else default_launcher()
    print(f"{spec.run_count} runs. {cost_sentence(store, spec)}", file=sys.stderr)
    if options.dry_run:
        return 0
    if launcher != HERE:
        check_scheduler(launcher)
    sweep_id, queued = submit_sweep(store, spec, launcher, start=True)
    print(f"Sweep {sweep_id}: {queued} runs queued, {spec.run_count - queued} there already.", file=sys.stderr)
    if not options.detach:
        _wait(store, sweep_id)
    if options.output is not None:
        form: Format = "csv" if options.output.suffix == ".csv" else "parquet"
        write_output(options.output, table_bytes(sweep_table(store, sweep_id), form))
    states = [run.state for run in store.list() if run.sweep == sweep_id]
    counts = {state: states.count(state) for state in dict.fromkeys(states)}
    print(json.dumps({"sweep": sweep_id, "runs": spec.run_count, **counts}))
    return 0 if options.detach or set(states) <= {"done"} else 1


def cost_sentence(store: RunStore, spec: SweepSpec) -> str:
    """Say what a sweep will cost if this machine computes it."""
    return sweep_cost(spec, store.list(), most_parallel_runs(), cache_folder(store.home))


def _wait(store: RunStore, sweep_id: str) -> None:
    """Follow a sweep until its runs are over; interrupting this leaves them running."""
    last_line = ""
    while True:
        mine = [run for run in store.list() if run.sweep == sweep_id]
        over = sum(run.is_over for run in mine)
        running = ", ".join(f"{run.progress:.0%}" for run in mine if run.state == "running")
        line = f"{over} of {len(mine)} over" + (f", running at {running}" if running else "")
        if line != last_line:
            print(line, file=sys.stderr)
            last_line = line
        if over == len(mine):
            return
        if any(run.state == "queued" for run in mine):
            store.launch()  # starts a worker only where one is missing
        time.sleep(POLL_S)
