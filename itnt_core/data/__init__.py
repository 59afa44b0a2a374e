"""What the core is delivered with and reads at run time: London's facts, shells, the glossary, costs, stored studies.

Everything here lies inside the package, so that an installed core finds it as a checkout does.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def delivered(name: str) -> Path:
    """Return where a delivered file or folder lies, named from here on, as in ``london/thames.json``."""
    return Path(str(resources.files(__name__).joinpath(name)))
