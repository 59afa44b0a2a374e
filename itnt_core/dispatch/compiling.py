"""Compiled code made ready by a process of its own: ``python -m itnt_core.dispatch.compiling``.

Compiling takes about half a minute, once for an installation, and holds the process that does it up: a dashboard would
stand still for everybody.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np

from itnt_core.data_folder import cache_folder
from itnt_core.installed import PACKAGE

from . import compiled, compiled_plans
from .compiled import serve
from .compiled_plans import score_moves
from .dispatchers import Hindsight, Replanning, run_episode
from .environment import dynamics_of
from .options import DispatchOptions
from .setting import Setting

LONGEST_S = 600.0
_LAST = ((serve, compiled), (score_moves, compiled_plans))  # what is compiled last of each module, with its source


def is_compiled() -> bool:
    """Say whether the compiled code of this version lies ready; where that cannot be known, that it does not."""
    try:
        return all(_is_newer(function, Path(str(module.__file__))) for function, module in _LAST)
    except (AttributeError, OSError):  # what numba says of its files is not promised
        return False


def _is_newer(function: object, source: Path) -> bool:
    folder = Path(function.stats.cache_path)  # type: ignore[attr-defined]
    kept = folder.glob(f"{source.stem}.{function.__name__}*.nbi")  # type: ignore[attr-defined]
    return any(file.stat().st_mtime >= source.stat().st_mtime for file in kept)


def compile_apart() -> None:
    """Compile in a process of its own what is not compiled yet; where that fails, whoever needs it compiles it."""
    if is_compiled():
        return
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            [sys.executable, "-m", "itnt_core.dispatch.compiling"],
            cwd=PACKAGE.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_S,
            check=False,
        )


def main() -> None:
    """Fly a small world, by which everything is compiled."""
    from itnt_core.presets import preset

    cache_dir = cache_folder()
    setting = Setting.of(preset("tiny", cache_dir=cache_dir), DispatchOptions(), cache_dir)
    dynamics, worlds = dynamics_of(setting, 1), np.array([1])
    for one in (Replanning(setting, 2), Hindsight(dynamics, 2)):
        run_episode(dynamics, one, worlds)


if __name__ == "__main__":
    main()
