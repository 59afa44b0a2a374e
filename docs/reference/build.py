"""The reference of the Python names, out of their docstrings: ``python docs/reference/build.py build/reference``.

What a room's ``__init__`` names is its public face; one page shows one room, or one of the modules beside the rooms.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

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


def write_reference(folder: Path) -> None:
    """Write the pages into a folder, which is made where it is missing."""
    pdoc.render.configure(
        docformat="restructuredtext", show_source=False, footer_text="ITNT Studio", template_directory=HERE
    )
    with warnings.catch_warnings():
        # A dataclass keeps its fields' types as text, which pdoc reads in the module of the class that inherits them.
        warnings.filterwarnings("ignore", "Error parsing type annotation")
        pdoc.pdoc(*faces(), BEHIND, output_directory=folder)


if __name__ == "__main__":
    sys.path.insert(0, str(CORE.parent))
    write_reference(Path(sys.argv[1]))
