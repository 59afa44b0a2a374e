"""Where this program keeps its data: runs, caches, imported cities."""

from __future__ import annotations

import os
from pathlib import Path

from .disk import disk_sentence


class DataFolderError(ValueError):
    """A data folder that cannot be made or used."""


def data_root() -> Path:
    """Return the folder of runs and caches, private if new: ``ITNT_DATA_DIR``, else ``.itnt`` beside the project.

    Raises :class:`DataFolderError` when it is not there and cannot be made.
    """
    root = _named_root()
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, ValueError) as error:
        raise DataFolderError(
            f"The data folder {disk_sentence(error, root)[:-1]}. Name another one in ITNT_DATA_DIR."
        ) from error
    return root


def own_result_folders() -> tuple[Path, ...]:
    """Return the folders in which only this program writes results: the runs, and what it is delivered with."""
    return _named_root() / "runs", Path(__file__).resolve().parents[1] / "assets"


def _named_root() -> Path:
    default = Path(__file__).resolve().parents[1] / ".itnt"
    return Path(os.environ.get("ITNT_DATA_DIR") or default).absolute()
