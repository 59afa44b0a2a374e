"""The reference of the Python names, out of their docstrings: ``python docs/reference/build.py build/reference``.

What a room's ``__init__`` names is its public face; one page shows one room, one of the modules beside the rooms, or a
module that a room's face names as a whole.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pdoc
import pdoc.render

HERE = Path(__file__).resolve().parent
CORE = HERE.parents[1] / "itnt_core"
BEHIND = r"!itnt_core\.\w+\."  # what lies behind a room's face has no page


def faces() -> list[str]:
    """Return the rooms, and the modules beside them."""
    rooms = [path.parent.name for path in CORE.glob("*/__init__.py")]
    modules = [path.stem for path in CORE.glob("*.py") if not path.stem.startswith("__")]
    return [f"itnt_core.{name}" for name in sorted([*rooms, *modules])]


def named_modules(face: str) -> list[str]:
    """Return the modules that a room's face names: all of such a module is public."""
    room = import_module(face)
    named = [getattr(room, name) for name in getattr(room, "__all__", ())]
    return [one.__name__ for one in named if isinstance(one, ModuleType)]


def write_reference(folder: Path) -> None:
    """Write the pages into a folder, which is made where it is missing."""
    # Every room is loaded and shown, and all of that stays: there are no cycles to look for.
    collecting_seldom = import_module("itnt_core.collecting").collecting_seldom
    pdoc.render.configure(
        docformat="restructuredtext", show_source=False, footer_text="ITNT Studio", template_directory=HERE
    )
    with collecting_seldom(), warnings.catch_warnings():
        # A dataclass keeps its fields' types as text, which pdoc reads in the module of the class that inherits them.
        warnings.filterwarnings("ignore", "Error parsing type annotation")
        whole = [name for face in faces() for name in named_modules(face)]
        pdoc.pdoc(*faces(), BEHIND, *whole, output_directory=folder)


if __name__ == "__main__":
    sys.path.insert(0, str(CORE.parent))
    write_reference(Path(sys.argv[1]))
