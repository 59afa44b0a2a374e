"""The command line: scenarios, methods, runs and their verification."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from functools import cache
from pkgutil import resolve_name

from itnt_core.disk import disk_sentence, shown_path
from itnt_core.errors import ItntError

from .terminal import plain_output

TRACEBACK_VARIABLE, FAULT = "ITNT_TRACEBACK", "This is a fault of the program"
COMMANDS = {  # what adds each of them, in the order of the help
    "scenario": "itnt_core.cli.scenarios:add_commands",
    "methods": "itnt_core.cli.methods:add_commands",
    "run": "itnt_core.cli.results:add_commands",
    "evaluate": "itnt_core.cli.results:add_commands",
    "bound": "itnt_core.cli.bound:add_commands",
    "reproduce": "itnt_core.cli.paper:add_commands",
    "runs": "itnt_core.cli.runs:add_commands",
    "sweep": "itnt_core.cli.runs:add_commands",
    "city": "itnt_core.cli.city:add_commands",
    "twin": "itnt_core.cli.twin:add_commands",
    "passes": "itnt_core.cli.passes:add_commands",
    "satellites": "itnt_core.cli.passes:add_commands",
    "places": "itnt_core.cli.places:add_commands",
    "report": "itnt_core.cli.report:add_commands",
    "promise": "itnt_core.cli.promise:add_commands",
    "explain": "itnt_core.cli.explain:add_commands",
    "calibrate": "itnt_core.cli.calibration:add_commands",
    "pfd": "itnt_core.cli.flux:add_commands",
    "export": "itnt_core.cli.exports:add_commands",
    "plugins": "itnt_core.cli.plugins:add_commands",
    "people": "itnt_core.cli.people:add_commands",
    "backup": "itnt_core.cli.backups:add_commands",
    "restore": "itnt_core.cli.backups:add_commands",
    "compile": "itnt_core.cli.compiling:add_commands",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 the input or the result is wrong, 2 wrong usage.

    Whatever goes wrong is said in a sentence; ``ITNT_TRACEBACK=1`` shows where in the program an unforeseen fault lies.
    """
    _print_anything()
    with plain_output():
        return _main(arguments)


def _main(arguments: Sequence[str] | None) -> int:
    try:
        words = sys.argv[1:] if arguments is None else arguments
        options = _parser(_asked(words)).parse_args(words)
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


def _asked(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return what adds the command that is asked for; all of them where it is none, or a question for help."""
    asked = arguments[0] if arguments else ""
    return tuple(dict.fromkeys([COMMANDS[asked]] if asked in COMMANDS else COMMANDS.values()))


@cache  # it depends on nothing else: what plug-ins add is looked up by the command that runs
def _parser(homes: tuple[str, ...]) -> argparse.ArgumentParser:
    """Return a parser of commands; the others are not loaded, which would take most of the time of a short one."""
    parser = argparse.ArgumentParser(prog="python -m itnt_core", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for home in homes:
        resolve_name(home)(commands)
    return parser
