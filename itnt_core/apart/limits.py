"""What a reading process may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Hold the bounds of one reading: wall and processor time in seconds, memory and written files in megabytes."""

    seconds: float = 60.0
    memory_mb: int = 1500
    written_mb: int = 1000
