"""Where runs live on disk, and which names may lead there."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

from itnt_core.data_folder import cache_folder, data_root
from itnt_core.errors import ItntError

__all__ = ["RUN_ID", "RunStateError", "UnknownRunError", "cache_folder", "checked_id", "data_root", "new_run_id"]

RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}")


class RunStateError(ItntError, ValueError):
    """Something that cannot be done with a run as it is now."""


class UnknownRunError(ItntError, LookupError):
    """A run id that is malformed or that the store does not know."""


def new_run_id() -> str:
    """Return a fresh run id: UTC time of creation and eight random hexadecimal digits."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


def checked_id(run_id: str) -> str:
    """Return a run id if it is one (UnknownRunError)."""
    if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
        raise UnknownRunError("This is not the id of a run.")
    return run_id


def run_folder(root: Path, run_id: str) -> Path:
    """Return the folder of a run; raises UnknownRunError for anything that is not a run id."""
    return root / "runs" / checked_id(run_id)
