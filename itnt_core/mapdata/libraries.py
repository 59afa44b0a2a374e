"""The drawing library of the map, as the installed packages bring it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from itnt_core.errors import ItntError


class MissingLibraryError(ItntError, RuntimeError):
    """A library for the browser that no installed package brings."""


def deck_library() -> bytes:
    """Return deck.gl as the installed pydeck wheel brings it, without importing pydeck."""
    spec = find_spec("pydeck")
    path = Path(spec.origin).parent / "nbextension" / "static" / "index.js" if spec and spec.origin else None
    if path is None or not path.exists():
        raise MissingLibraryError(
            "pydeck is not installed, so there is nothing to draw with: pip install -r requirements.txt"
        )
    return path.read_bytes()
