"""Where this program keeps its data: runs, caches, imported cities."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from itnt_core.installed import asset, checkout


def data_path() -> Path:
    """Return where runs and caches are or would be kept.

    That is ``ITNT_DATA_DIR``; else ``.itnt`` in the checkout; else, installed, the system's place for a user's data:
    ``~/.local/share/itnt-studio`` (Linux), ``~/Library/Application Support/itnt-studio`` (macOS),
    ``%LOCALAPPDATA%\\itnt-studio`` (Windows).
    """
    named = os.environ.get("ITNT_DATA_DIR")
    if named:
        return Path(named).absolute()
    folder = checkout()
    return folder / ".itnt" if folder else platformdirs.user_data_path("itnt-studio", appauthor=False).absolute()


def data_root() -> Path:
    """Return the folder of runs and caches, made private if it is new (OSError)."""
    root = data_path()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return root


def cache_folder(root: Path | None = None) -> Path:
    """Return the folder of generated cities and bounds under a data root, this program's own where none is given.

    Raises OSError where that one cannot be made.
    """
    return (data_root() if root is None else root) / "cache"


def own_result_folders() -> tuple[Path, ...]:
    """Return the folders in which only this program writes results: the runs, and what it is delivered with."""
    return data_path() / "runs", asset()


def unwritable_reason() -> str | None:
    """Return in a few words why nothing can be written into the data folder; None if something can."""
    try:
        root = data_root()
    except OSError as problem:
        return problem.strerror or str(problem)
    return None if os.access(root, os.W_OK | os.X_OK) else "it is read-only"
