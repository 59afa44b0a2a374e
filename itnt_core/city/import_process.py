"""Import a city in a process of its own: a crash or a flood of memory costs the import and nothing else.

The child reads options as JSON from its standard input and writes one JSON object a line: ``{"share", "words"}`` while
it works, at the end ``{"content_hash"}`` of the city it has stored, or ``{"error"}`` with a sentence.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itnt_core.city.model import CityError
from itnt_core.city.survey import ImportOptions

MOST_MEMORY_BYTES = 4_000_000_000
MOST_SECONDS = 300.0
ROOT = Path(__file__).resolve().parents[2]


def import_apart(
    path: Path, options: ImportOptions, library: Path, limit_s: float = MOST_SECONDS
) -> Iterator[dict[str, Any]]:
    """Import a file in a child process; yield its progress and last ``{"content_hash": ...}`` of the stored city.

    Raises CityError with the child's sentence, or with one of our own when it died or took longer than ``limit_s``
    seconds. Closing the iterator ends the child.
    """
    command = [sys.executable, "-m", "itnt_core.city.import_process", str(path), str(library)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    ) as child:  # fmt: skip
        watch = threading.Timer(limit_s, child.kill)
        watch.start()
        try:
            yield from _events(child, options)
        finally:
            watch.cancel()
            child.kill()


def _events(child: subprocess.Popen[str], options: ImportOptions) -> Iterator[dict[str, Any]]:
    if child.stdin is None or child.stdout is None:
        raise CityError("The import could not be started: try again.")
    with suppress(BrokenPipeError):  # it has ended already, which is told below
        child.stdin.write(json.dumps(asdict(options)))
        child.stdin.close()
    for line in child.stdout:
        event: dict[str, Any] = json.loads(line)
        if "error" in event:
            raise CityError(str(event["error"]))
        yield event
        if "content_hash" in event:
            return
    raise CityError(
        "The import ended without an answer: the file needs too much memory or time; cut a smaller area out of it."
    )


def main(path: Path, library: Path) -> int:
    """Run the child's part: import, store, tell."""
    from itnt_core.city.importing import import_city
    from itnt_core.city.library import store_city

    _limit_memory()
    options = json.loads(sys.stdin.read())
    anchor = options.pop("anchor")
    try:
        wanted = ImportOptions(**options, anchor=tuple(anchor) if anchor else None)
        city, report = import_city(path, wanted, lambda share, words: _say({"share": share, "words": words}))
        _say({"content_hash": store_city(city, report, library)})
    except CityError as error:
        _say({"error": str(error)})
    except MemoryError:
        _say({"error": "The file needs more memory than an import may take: cut a smaller area out of it."})
    return 0


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on this system: the limit is a precaution
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))


def _say(event: dict[str, Any]) -> None:
    print(json.dumps(event), flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
