"""Where this program keeps its data: runs, caches, imported cities. Each person has a home of their own in there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

import platformdirs

from itnt_core.installed import asset, checkout
from itnt_core.person import FIRST, PERSON_ID, checked_person_id, who_asks

PEOPLE, CACHE = "people", "cache"
_looking: ContextVar[str | None] = ContextVar("looking", default=None)


def common_path() -> Path:
    """Return the folder that holds the data of all people, which is the first person's home, too.

    That is ``ITNT_DATA_DIR``; else ``.itnt`` in the checkout; else, installed, the system's place for a user's data:
    ``~/.local/share/itnt-studio`` (Linux), ``~/Library/Application Support/itnt-studio`` (macOS),
    ``%LOCALAPPDATA%\\itnt-studio`` (Windows).
    """
    named = os.environ.get("ITNT_DATA_DIR")
    if named:
        return Path(named).absolute()
    folder = checkout()
    return folder / ".itnt" if folder else platformdirs.user_data_path("itnt-studio", appauthor=False).absolute()


def common_root() -> Path:
    """Return the folder that holds the data of all people, made private if it is new (OSError)."""
    root = common_path()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return root


def home_path(root: Path, owner: str) -> Path:
    """Return where a person's things lie under a data root (NobodyError for what is no id of a person).

    The first person's home is the root itself: what was kept before there were people is theirs, where it lies.
    """
    return root if checked_person_id(owner) == FIRST.id else root / PEOPLE / owner


def home_of(root: Path, owner: str) -> Path:
    """Return a person's home under a data root, made private if it is new (OSError).

    Generated cities and bounds are the same for all and are kept once: its cache leads to the common one, where the
    system has links. Imported cities, which lie beside the cache, are the person's own.
    """
    home = home_path(root, owner)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if home != root:
        cache = home / CACHE
        if not cache.exists():
            (root / CACHE).mkdir(exist_ok=True)
            with suppress(OSError):  # another process was first, or the system has no links: then a cache of its own
                cache.symlink_to(Path("..", "..", CACHE), target_is_directory=True)
    return home


def homes(root: Path) -> list[Path]:
    """Return the homes of all people under a data root, the first person's first."""
    others = (root / PEOPLE).iterdir() if (root / PEOPLE).is_dir() else ()
    return [root, *sorted(home for home in others if PERSON_ID.fullmatch(home.name) and home.is_dir())]


@contextmanager
def looking_into(owner: str) -> Iterator[None]:
    """Find data in another person's home until the block ends, in this thread alone.

    For reading what that person shares, after it was checked that they do.
    """
    token = _looking.set(checked_person_id(owner))
    try:
        yield
    finally:
        _looking.reset(token)


def data_path() -> Path:
    """Return where the things of who asks are or would be kept (NobodyError)."""
    return home_path(common_path(), _looking.get() or who_asks().id)


def data_root() -> Path:
    """Return the folder for the things of who asks, made private if it is new (OSError; NobodyError)."""
    return home_of(common_root(), _looking.get() or who_asks().id)


def cache_folder(root: Path | None = None) -> Path:
    """Return the folder of generated cities and bounds under a data root or home, that of who asks where none is given.

    Raises OSError where that one cannot be made.
    """
    return (data_root() if root is None else root) / CACHE


def own_result_folders() -> tuple[Path, ...]:
    """Return the folders in which only this program writes results: runs, and what it is delivered with."""
    return common_path() / "runs", common_path() / PEOPLE, asset()


def unwritable_reason() -> str | None:
    """Return in a few words why nothing can be written into the data folder; None if something can."""
    try:
        root = data_root()
    except OSError as problem:
        return problem.strerror or str(problem)
    return None if os.access(root, os.W_OK | os.X_OK) else "it is read-only"
