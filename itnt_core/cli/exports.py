"""The command ``export``: a result, or a scenario, as a file of other tools."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from itnt_core.exports import BUILT_IN_FORMATS, LAYERS, ExportError, ExportOptions, ExportSource, export, find_format
from itnt_core.results import read_drawable
from itnt_core.runs import cache_folder
from itnt_core.scenario import LONLAT, read_scenario

from .paths import add_output, write_output
from .sources import SCENARIO_SUFFIXES, result_source

_USUAL = ExportOptions()


def add_commands(commands: Any) -> None:
    """Add ``export`` to the command line."""
    parser = commands.add_parser(
        "export",
        help="write a result for GIS, globes and channel emulators",
        epilog=f"Formats: {', '.join(BUILT_IN_FORMATS)}, and those of plug-ins. Layers: "
        + "; ".join(f"{name}: {layer.words}" for name, layer in LAYERS.items())
        + ". A run's own arrays leave by 'runs export'.",
    )
    parser.add_argument("result", metavar="RESULT", help="a result folder, the id of a run, or a scenario file")
    parser.add_argument("--as", required=True, dest="form", metavar="FORMAT", help="one of those named below")
    parser.add_argument("--crs", metavar="CODE", default=_USUAL.crs, help=f"such as EPSG:27700; default {LONLAT}")
    parser.add_argument("--layer", action="append", default=[], metavar="NAME", help="may be given several times")
    parser.add_argument("--slot", type=int, default=_USUAL.slot, metavar="N", help="of the surface, from 1")
    parser.add_argument("--cells", type=int, default=_USUAL.cells, metavar="N", help="of the surface, a side")
    parser.add_argument("--height", type=float, metavar="M", help="of the surface: that of an aerial user")
    add_output(parser, "default: RESULT and the format's ending", needed=False)
    parser.set_defaults(command=_export)


def _export(options: argparse.Namespace) -> int:
    form = find_format(options.form)
    source, name = _source(options.result)
    output = options.output or Path(f"{name}{form.suffix}")
    chosen = ExportOptions(options.crs, tuple(options.layer), options.slot, options.cells, options.height)
    content = export(source, options.form, chosen)
    write_output(output, content)
    print(f"{output}: {form.title}, {len(content) / 1e6:.2f} MB")
    return 0


def _source(text: str) -> tuple[ExportSource, str]:
    """Return what a text names, and what its file is called."""
    path = Path(text)
    if path.is_file() and path.suffix.lower() in SCENARIO_SUFFIXES:
        return ExportSource(read_scenario(path), None, cache_folder()), path.stem
    found = result_source(text, ExportError)
    result = read_drawable(found.folder)
    return ExportSource(result.scenario, result, cache_folder()), found.folder.resolve().name
