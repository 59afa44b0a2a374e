"""Where this program keeps its data: runs, caches, imported cities."""

from __future__ import annotations

import os
from pathlib import Path


def data_path() -> Path:
    """Return where runs and caches are or would be kept: ``ITNT_DATA_DIR``, else ``.itnt`` beside the project."""
    default = Path(__file__).resolve().parents[1] / ".itnt"
    return Path(os.environ.get("ITNT_DATA_DIR") or default).absolute()


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
    return data_path() / "runs", Path(__file__).resolve().parents[1] / "assets"


def unwritable_reason() -> str | None:
    """Return in a few words why nothing can be written into the data folder; None if something can."""
    try:
        root = data_root()
    except OSError as problem:
        return problem.strerror or str(problem)
    return None if os.access(root, os.W_OK | os.X_OK) else "it is read-only"
