"""How the page's process and the worker of the live optimum talk: a line of JSON, then as many bytes as it says.

Both ends are this program's own, over pipes that nobody else can write into.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

BYTES = "bytes"
MOST_BYTES = 2_000_000_000  # far beyond any decision


def write_message(stream: IO[bytes], head: Mapping[str, Any], content: bytes = b"") -> None:
    """Write a message and send it off."""
    stream.write(json.dumps({**head, BYTES: len(content)}).encode() + b"\n")
    stream.write(content)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Return the next message, None once the other end is closed, also in the middle of one (ValueError for others)."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    head = json.loads(line)
    size = int(head.pop(BYTES))
    if not 0 <= size <= MOST_BYTES:
        raise ValueError(f"A message says that {size} bytes follow.")
    content = stream.read(size)
    return (head, content) if len(content) == size else None
