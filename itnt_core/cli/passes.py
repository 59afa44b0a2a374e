"""The commands ``passes`` and ``satellites``: when satellites are overhead, and putting them into a scenario."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from itnt_core.passes import (
    PassTable,
    age_sentence,
    city_for_mask,
    empty_sentence,
    mask_of,
    pass_rows,
    pass_table,
    with_best,
)
from itnt_core.runs import cache_folder, data_root
from itnt_core.scenario import Problem, ScenarioError, TimeGrid, read_scenario, scenario_file_text, scenario_of_data
from itnt_core.sky import (
    MAX_FILE_BYTES,
    ElementSet,
    Site,
    elements_folder,
    keep_elements,
    parse_epoch,
    parse_sent_elements,
    preset_elements,
    shell_presets,
)

from .paths import add_output, input_path, write_output

ROWS_AT_ONCE = 5000  # of a table that is printed
MOST_REASONS = 20  # printed; the page and the API list more


def add_commands(commands: Any) -> None:
    """Add ``passes`` and ``satellites`` to the command line."""
    shells = "Shells: " + "; ".join(f"{key}: {preset.sentence}" for key, preset in shell_presets().items())
    passes = commands.add_parser("passes", help="list the passes of satellites over a place", epilog=shells)
    passes.add_argument("--lat", type=float, required=True, metavar="DEG")
    passes.add_argument("--lon", type=float, required=True, metavar="DEG")
    passes.add_argument("--start", required=True, metavar="ISO", help="2026-06-21T12:00:00Z; without a zone it is UTC")
    passes.add_argument("--hours", type=float, required=True, metavar="H")
    _add_source(passes)
    passes.add_argument("--min-elevation", type=float, default=0.0, metavar="DEG")
    passes.add_argument("--masked-by", metavar="CITY", help="'london' or an imported city: tell what it hides")
    passes.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    passes.set_defaults(command=_passes)
    satellites = commands.add_parser(
        "satellites", help="put the best placed satellites of a scenario's time window into it", epilog=shells
    )
    satellites.add_argument("file", type=input_path)
    _add_source(satellites)
    satellites.add_argument("--places", type=int, default=2, metavar="L", help="how many may serve at once")
    satellites.add_argument("--min-elevation", type=float, default=25.0, metavar="DEG")
    satellites.add_argument("--start", metavar="ISO", help="move the scenario's start first")
    add_output(satellites)
    satellites.set_defaults(command=_satellites)


def _add_source(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--elements", type=input_path, metavar="FILE", help="TLE, or OMM as JSON, CSV or XML")
    source.add_argument("--shell", metavar="NAME", help="a published Walker shell, see below")
    parser.add_argument("--strict", action="store_true", help="refuse an element file of which one member is wrong")


def _source(options: argparse.Namespace, start: datetime) -> ElementSet:
    """Return the satellites that a command names."""
    if options.shell is not None:
        return preset_elements(options.shell, start)
    with options.elements.open("rb") as handle:
        content = handle.read(MAX_FILE_BYTES + 1)
    read = parse_sent_elements(content, options.elements.name, options.strict)
    print(f"{options.elements.name}: {read.sentence}.", file=sys.stderr)
    _print_left_out(read.left_out, read.left_out_count)
    return read.elements


def _print_left_out(reasons: Sequence[str], count: int) -> None:
    """Print the first reasons why something was left out on the error stream, and how many there are more."""
    for reason in reasons[:MOST_REASONS]:
        print(f"Left out: {reason}", file=sys.stderr)
    if count > MOST_REASONS:
        print(f"... and {count - MOST_REASONS:,} more.", file=sys.stderr)


def _passes(options: argparse.Namespace) -> int:
    start = parse_moment(options.start)
    site = site_at(options.lat, options.lon)
    elements = _source(options, start)
    mask = None
    if options.masked_by is not None:
        mask = mask_of(city_for_mask(options.masked_by, site.lon, site.lat, cache_folder()))
        where = "on the roof there" if mask.on_roof else "above the ground"
        print(f"Seen from {mask.height_m:.1f} m, 1.5 m {where}.", file=sys.stderr)
    table = pass_table(elements.satellites, site, start, options.hours, options.min_elevation, mask)
    stale = age_sentence(elements, start)
    if stale:
        print(stale, file=sys.stderr)
    _print_left_out(table.left_out, len(table.left_out))
    if not table.passes:
        print(empty_sentence(options.min_elevation, options.hours), file=sys.stderr)
    _print_json(table) if options.json else _print_table(table)
    return 0


def _rows(table: PassTable) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table some thousand at a time: those of a whole catalogue fill memory."""
    for first in range(0, len(table.passes), ROWS_AT_ONCE):
        yield pass_rows(table, first, first + ROWS_AT_ONCE)


def _print_json(table: PassTable) -> None:
    """Print the passes as one JSON list."""
    print("[", end="")
    for number, rows in enumerate(_rows(table)):
        print((", " if number else "") + json.dumps(rows)[1:-1], end="")
    print("]")


def _print_table(table: PassTable) -> None:
    """Print one line per pass; a star marks what the window cuts off."""
    width = max([len(table.name(one)) for one in table.passes] + [4])
    masked = bool(table.passes) and table.hidden is not None
    head = (
        f"{'name':<{width}}  {'rise (UTC)':<21}{'culmination':<21}{'set':<21}{'max_elevation_deg':>17}{'range_km':>10}"
    )
    print(head + (f"{'visible_s':>11}" if masked else ""))
    for rows in _rows(table):
        print("\n".join(_line(row, width, masked) for row in rows))
    clipped = any(one.rise_clipped or one.set_clipped for one in table.passes)
    print(f"{len(table.passes)} passes" + ("; * goes on beyond the window" if clipped else ""))


def _line(row: dict[str, Any], width: int, masked: bool) -> str:
    moments = (
        row["rise"][:19] + ("*" if row["rise_clipped"] else ""),
        row["culmination"][:19],
        row["set"][:19] + ("*" if row["set_clipped"] else ""),
    )
    line = f"{row['name']:<{width}}  " + "".join(f"{moment:<21}" for moment in moments)
    line += f"{row['max_elevation_deg']:>17.2f}{row['range_km']:>10.1f}"
    return line + (f"{row['visible_s']:>11.0f}" if masked else "")


def _satellites(options: argparse.Namespace) -> int:
    scenario = read_scenario(options.file)
    if options.start is not None:
        time = scenario.time.model_copy(update={"start": parse_moment(options.start)})
        scenario = scenario.model_copy(update={"time": TimeGrid(**dict(time))})
    _check_choice(options.places, options.min_elevation)
    elements = _source(options, scenario.time.start)
    stale = age_sentence(elements, scenario.time.start)
    if stale:
        print(stale, file=sys.stderr)
    content_hash = keep_elements(elements_folder(data_root()), elements) if options.elements else ""
    changed, group, cut = with_best(scenario, elements, content_hash, options.places, options.min_elevation)
    checked = scenario_of_data(changed.model_dump(mode="json"))
    write_output(options.output, scenario_file_text(checked, options.output))
    names = ", ".join(item.name or str(item.norad_id) for item in group.satellites)
    print(f"{options.output}: {len(group.satellites)} satellites hold {group.satellites_used} places in turn: {names}")
    if cut:
        print("64 satellites do not reach to the end of the window: shorten it or use fewer places.", file=sys.stderr)
    return 0


def parse_moment(text: str) -> datetime:
    """Return a moment written in ISO 8601 in UTC; one without a zone is in UTC (ScenarioError)."""
    try:
        return parse_epoch(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        problem = Problem("The start", f"'{text:.40}'", "a moment such as 2026-06-21T12:00:00Z is needed", "correct it")
        raise ScenarioError([problem]) from error


def site_at(lat: float, lon: float) -> Site:
    """Return the place at a latitude and longitude in degrees (ScenarioError)."""
    limits = (("The latitude", lat, 90.0), ("The longitude", lon, 180.0))
    problems = [
        Problem(where, f"{value:g}", f"{-most:g} to {most:g} degrees are allowed", "correct it")
        for where, value, most in limits
        if not -most <= value <= most
    ]
    if problems:
        raise ScenarioError(problems)
    return Site(lon, lat)


def _check_choice(places: int, min_elevation_deg: float) -> None:
    problems = []
    if not 1 <= places <= 64:
        problems.append(Problem("The number of places", str(places), "1 to 64 are allowed", "change it"))
    if not 0.0 <= min_elevation_deg <= 89.0:
        problems.append(
            Problem("The lowest elevation", f"{min_elevation_deg:g}", "0 to 89 degrees are allowed", "change it")
        )
    if problems:
        raise ScenarioError(problems)
