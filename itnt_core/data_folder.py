"""Where this program keeps its data: runs, caches, imported cities."""

from __future__ import annotations

import os
from pathlib import Path


def data_root() -> Path:
    """Return the folder of runs and caches, private if new: ``ITNT_DATA_DIR``, else ``.itnt`` beside the project."""
    default = Path(__file__).resolve().parents[1] / ".itnt"
    root = Path(os.environ.get("ITNT_DATA_DIR") or default).absolute()
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return root
