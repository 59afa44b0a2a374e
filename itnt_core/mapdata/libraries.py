"""The drawing libraries of map and curves, as the installed packages bring them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from itnt_core.errors import ItntError


class MissingLibraryError(ItntError, RuntimeError):
    """A library for the browser that no installed package brings."""


def deck_library() -> bytes:
    """Return deck.gl as the installed pydeck wheel brings it, without importing pydeck."""
    return _brought_by("pydeck", "nbextension", "static", "index.js")


def plotly_library() -> bytes:
    """Return plotly.js as the installed plotly wheel brings it, without importing plotly."""
    return _brought_by("plotly", "package_data", "plotly.min.js")


def _brought_by(package: str, *parts: str) -> bytes:
    spec = find_spec(package)
    path = Path(spec.origin).parent.joinpath(*parts) if spec and spec.origin else None
    if path is None or not path.exists():
        raise MissingLibraryError(
            f"{package} is not installed, so there is nothing to draw with: pip install -r requirements.txt"
        )
    return path.read_bytes()
