"""Generated files on their way to the browser: read at once, compressed once for all who ask."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from itnt_core.person import who_asks

from . import who
from .assets import is_code, published_file

A_YEAR_S = 365 * 24 * 3600  # the longest that caches are asked to keep anything
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}
LEAST_BYTES = 1000  # that are worth compressing
MOST_CODE, MOST_DATA = 256, 24  # compressed files kept: code is small and the same for all, cities are large


async def generated(request: Request) -> Response:
    """Answer with a generated file; its name tells its content, so that browsers keep it for good.

    A file is read in one piece: in the pieces of a few kB that a FileResponse sends, a class that comes in at the same
    time keeps the server's one thread of answers busy for seconds. It is compressed once, not once for each browser.
    """
    name: str = request.path_params["name"]
    if who.serves_many():
        given, _, sealed = name.partition("/")
        is_own = not is_code(name) and who.is_sealed(sealed, given, who_asks())
        name = sealed if is_own else name if is_code(name) else ""
    path = published_file(name)
    if path is None:
        raise HTTPException(404, "No such file: reload the page, which makes it again.")
    headers = {"Cache-Control": f"private, max-age={A_YEAR_S}, immutable", "Vary": "Accept-Encoding"}
    is_small = path.stat().st_size < LEAST_BYTES
    if not is_small and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = await run_in_threadpool(compressed, path)
    else:
        content = await run_in_threadpool(path.read_bytes)
    return Response(content, headers=headers, media_type=MEDIA_TYPES.get(path.suffix, "application/octet-stream"))


def compressed(path: Path) -> bytes:
    """Return a file compressed, from memory where it was asked for lately."""
    return (_code if path.suffix in MEDIA_TYPES else _data)(path)


@lru_cache(maxsize=MOST_CODE)
def _code(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


@lru_cache(maxsize=MOST_DATA)
def _data(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 4)
