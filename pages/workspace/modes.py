"""The modes of the workspace: what each shows around the map, loaded when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable

from pages.shared.bar import BUILD, COMPARE, OPTIMISE, REPLAY

from .places import Places


def show_mode(mode: str, places: Places) -> None:
    """Fill the window with a mode."""
    SHOW[mode](places)


def _build(places: Places) -> None:
    from .build import show_build

    show_build(places)


def _optimise(places: Places) -> None:
    from .optimise import show_optimise

    show_optimise(places)


def _replay(places: Places) -> None:
    from .replay import show_replay

    show_replay(places)


def _compare(places: Places) -> None:
    from .compare import show_compare

    show_compare(places)


def _style(left_px: int, top_px: int, panel_top_px: int = 0, drawer_px: int = 46) -> str:
    """Return what a mode's own tools leave free at the map's left and below the figures, and where its curves begin.

    ``drawer_px`` is what stays in view below an open drawer: of a player its time bar, too.
    """
    sizes = {"left": left_px, "below-figures": top_px, "bottom": 44, "panel-top": panel_top_px, "drawer": drawer_px}
    return ".stApp {" + " ".join(f"--studio-{name}: {size}px;" for name, size in sizes.items()) + "}"


STYLES = {
    BUILD: _style(70, 128),
    OPTIMISE: _style(70, 128),
    REPLAY: _style(98, 84, 224, 106),
    COMPARE: _style(98, 84, 262, 106),
}
SHOW: dict[str, Callable[[Places], None]] = {BUILD: _build, OPTIMISE: _optimise, REPLAY: _replay, COMPARE: _compare}
