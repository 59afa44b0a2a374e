"""What the reading process and those who ask it have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MEMORY = "memory"  # the failure of a reading that its limit of memory ended
Notify = Callable[[dict[str, Any]], None]  # sends the progress of a task to the one who asked
