"""Start a reading process, hear it out, end it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from itnt_core.errors import ItntError
from itnt_core.installed import PACKAGE

from .limits import Limits
from .spoken import MEMORY

INPUT = "input"
LONGEST_LINE_BYTES = 256_000_000
_THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
# Classes by their names: only a process that uses numba loads them.
_LOCATORS = ("itnt_core.apart.compiled.ReadyElsewhere", "itnt_core.apart.compiled.ReadyBeside")
_COMPILED = {"NUMBA_CACHE_LOCATOR_CLASSES": ",".join(_LOCATORS)}
_COMPILED_FOLDER = "NUMBA_CACHE_DIR"  # where numba keeps what it has compiled, if not beside the program
_OF_NUMBA = f"*_{'[0-9a-f]' * 40}"  # its folders there: a package's name and the hash of its path
# Keys, tokens and proxies of this process's surroundings are none of a parser's business.
_KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
    "SYSTEMROOT",
    _COMPILED_FOLDER,
)


class ApartError(ItntError, RuntimeError):
    """A reading process that gave no answer; its text is one sentence: no time, no memory, or a crash."""

    @property
    def reason(self) -> str:
        """Return why there is no answer, without what to do about it, which depends on what was asked."""
        return str(self).partition(":")[0]


class Refused(ItntError, ValueError):  # noqa: N818 - an answer, not a fault
    """What a task says against its input, in sentences."""

    def __init__(self, sentences: Sequence[str]):
        super().__init__("\n".join(sentences))


@contextmanager
def apart_scratch() -> Iterator[Path]:
    """Yield a private folder for a reading process to write into, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="itnt-apart-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


def ask_apart(
    task: str,
    question: Mapping[str, Any],
    limits: Limits | None = None,
    *,
    content: bytes | None = None,
    reads: Sequence[Path] = (),
    scratch: Path | None = None,
) -> Any:
    """Return the answer of a task; see :func:`run_apart`, whose progress is not heard."""
    events = list(run_apart(task, question, limits, content=content, reads=reads, scratch=scratch))
    return events[-1]["answer"]


def run_apart(
    task: str,
    question: Mapping[str, Any],
    limits: Limits | None = None,
    *,
    content: bytes | None = None,
    reads: Sequence[Path] = (),
    scratch: Path | None = None,
) -> Iterator[dict[str, Any]]:
    """Do a task in a process of its own; yield what it tells and last ``{"answer": ...}``.

    ``content`` lies as the file ``input`` in its private folder, or in ``scratch``, which the caller made and can look
    into afterwards; ``reads`` are other files and folders that it may read. Closing the iterator ends the process.
    Raises :class:`Refused` with the task's own sentences, :class:`ApartError` when it took too long, needed too much
    memory, or died.
    """
    with apart_scratch() as private:
        folder = scratch or private
        if content is not None:
            (folder / INPUT).write_bytes(content)
        order = {
            "task": task,
            "question": dict(question),
            "limits": asdict(limits or Limits()),
            "reads": [str(path) for path in (*reads, *_compiled_elsewhere())],
            "scratch": str(folder),
        }
        yield from _heard(order, folder)


def _heard(order: dict[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    limits = Limits(**order["limits"])
    with subprocess.Popen(
        [sys.executable, "-m", "itnt_core.apart.child"],
        cwd=PACKAGE.parent,
        env=_environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as child:
        late = threading.Event()
        watch = threading.Timer(limits.seconds, _end_late, (child, late))
        watch.daemon = True
        watch.start()
        try:
            yield from _events(child, order, limits, late)
        finally:
            watch.cancel()
            child.kill()


def _end_late(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _events(
    child: subprocess.Popen[bytes], order: dict[str, Any], limits: Limits, late: threading.Event
) -> Iterator[dict[str, Any]]:
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(BrokenPipeError):  # it has ended already, which is told below
        child.stdin.write(json.dumps(order).encode() + b"\n")
        child.stdin.close()
    while line := child.stdout.readline(LONGEST_LINE_BYTES):
        what, value = _event(line)
        if what == "refused":
            raise Refused(value)
        if what == "failed":
            raise ApartError(_too_much_memory(limits) if value == MEMORY else _crashed(value))
        if what == "doubted":
            raise ApartError(_crashed(value, f"; or it needs more than the {limits.memory_mb:,} MB of memory allowed"))
        yield {"answer": value} if what == "answer" else value
        if what == "answer":
            return
    if late.is_set():
        raise ApartError(f"Reading it took longer than {limits.seconds:g} s, which is the limit: use a smaller file.")
    code = child.wait()
    if code >= 0:
        raise ApartError(_crashed(f"code {code}"))
    raise ApartError(
        f"Reading it ended by signal {-code}: a crash, or more than the {limits.memory_mb:,} MB of memory that are the "
        "limit; use a smaller file, or export it again."
    )


def _event(line: bytes) -> tuple[str, Any]:
    """Return what a line of the child says and with what; a child that a file has taken over may say anything."""
    expected: dict[str, type] = {"tell": dict, "answer": object, "refused": list, "failed": str, "doubted": str}
    try:
        ((what, value),) = json.loads(line).items()
        if isinstance(value, expected[what]):
            return what, [str(sentence) for sentence in value] if isinstance(
                value, list
            ) and what == "refused" else value
    except (ValueError, AttributeError, KeyError, RecursionError):
        pass  # no line of the protocol: told below
    return "failed", "an answer that is none"


def _too_much_memory(limits: Limits) -> str:
    return f"Reading it needs more than {limits.memory_mb:,} MB of memory, which is the limit: use a smaller file."


def _crashed(words: str, doubt: str = "") -> str:
    shown = "".join(character if character.isprintable() else " " for character in words)
    return f"It cannot be read: the reading process ended without an answer ({shown:.200}){doubt}; export it again."


def _compiled_elsewhere() -> list[Path]:
    """Return the folders with compiled code, which the process may read, where numba was told to make them elsewhere.

    Of the folder that it was told nothing else is opened: it may hold what belongs to people.
    """
    folder = os.environ.get(_COMPILED_FOLDER, "")
    return sorted(Path(folder).absolute().glob(_OF_NUMBA)) if folder else []


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    if kept.get(_COMPILED_FOLDER):
        kept[_COMPILED_FOLDER] = str(Path(kept[_COMPILED_FOLDER]).absolute())  # the process works in another folder
    return {**kept, **_THREADS, **_COMPILED, "HOME": str(folder), "TMPDIR": str(folder), "PROJ_NETWORK": "OFF"}
