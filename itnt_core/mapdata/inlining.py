"""What pages that carry everything inside have in common: how parts are packed, and that nothing may be asked for."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data: blob:; style-src 'unsafe-inline'; "
    "img-src data: blob:; media-src blob:; connect-src data: blob:; worker-src blob:"
)


def packed(blob: bytes) -> str:
    """Return bytes as base64 of gzip; without a time stamp, so that the same result gives the same file."""
    return base64.b64encode(gzip.compress(blob, compresslevel=9, mtime=0)).decode()


@lru_cache(maxsize=2)
def packed_library(read: Callable[[], bytes]) -> str:
    """Return a drawing library as ``packed`` gives it; packing takes a second, so it is done once."""
    return packed(read())


def for_script(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in, whatever names users typed."""
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
