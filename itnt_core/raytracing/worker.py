"""Trace path gains with Sionna RT, alone in a process: ``python worker.py FOLDER``.

Run by its path, not as a module: its interpreter needs numpy and sionna-rt, and nothing else of this project. The
folder holds the question (``request.json``, ``points.npz``, the scene); the answer is written beside it as
``answer.json`` and ``gains.npz``.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

REQUEST_FILE, POINTS_FILE, ANSWER_FILE, GAINS_FILE = "request.json", "points.npz", "answer.json", "gains.npz"
EXIT_NO_PACKAGE, EXIT_NO_LLVM, EXIT_TOO_MANY_PATHS = 3, 4, 5  # exit codes that the caller has sentences for
RECEIVERS_AT_ONCE = 100  # bounds the memory of one call of the solver
MOST_PATHS = 2_000_000  # of one transmitter: bounds the memory; reaching it is an error


def main(folder: Path) -> int:
    """Answer the question in a folder and return the exit code: 0, or one of EXIT_*."""
    try:
        import sionna.rt as rt
    except ImportError as error:
        print(error, file=sys.stderr)
        return EXIT_NO_LLVM if "LLVM" in str(error) else EXIT_NO_PACKAGE
    started = time.perf_counter()
    request = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
    with np.load(folder / POINTS_FILE, allow_pickle=False) as points:
        transmitters_m, receivers_m = points["transmitters_m"], points["receivers_m"]
    scene = _scene(rt, folder, request)
    gains = np.zeros((len(receivers_m), len(transmitters_m)))
    sight = np.zeros(gains.shape, dtype=bool)
    for column, place_m in enumerate(transmitters_m):
        for first in range(0, len(receivers_m), RECEIVERS_AT_ONCE):
            rows = slice(first, first + RECEIVERS_AT_ONCE)
            found = _traced(rt, scene, request, place_m, receivers_m[rows])
            if found is None:
                return EXIT_TOO_MANY_PATHS
            gains[rows, column], sight[rows, column] = found
    np.savez(folder / GAINS_FILE, path_gain=gains, line_of_sight=sight)
    versions = {name: metadata.version(name) for name in ("sionna-rt", "mitsuba", "drjit")}
    answer = {"versions": versions, "wall_s": round(time.perf_counter() - started, 1)}
    (folder / ANSWER_FILE).write_text(json.dumps(answer), encoding="utf-8")
    return 0


def _scene(rt: Any, folder: Path, request: dict[str, Any]) -> Any:
    """Load the scene with isotropic, vertically polarised antennas at both ends."""
    scene = rt.load_scene(str(folder / "scene.xml"))
    scene.frequency = request["carrier_ghz"] * 1e9
    for material in scene.radio_materials.values():
        material.scattering_coefficient = request["scattering_coefficient"]
    scene.tx_array = rt.PlanarArray(num_rows=1, num_cols=1, pattern="iso", polarization="V")
    scene.rx_array = scene.tx_array
    return scene


def _traced(rt: Any, scene: Any, request: dict[str, Any], place_m: Any, receivers_m: Any) -> Any:
    """Return gains (n,) and line of sight (n,) from one transmitter; None when there were more paths than fit.

    The gain is the sum of the paths' powers: what remains when fading over a few wavelengths is averaged out.
    """
    scene.add(rt.Transmitter("transmitter", position=[float(value) for value in place_m]))
    names = [f"receiver-{index}" for index in range(len(receivers_m))]
    for name, point_m in zip(names, receivers_m, strict=True):
        scene.add(rt.Receiver(name, position=[float(value) for value in point_m]))
    paths = rt.PathSolver()(
        scene,
        max_depth=request["max_depth"],
        samples_per_src=request["samples"],
        max_num_paths_per_src=MOST_PATHS,
        diffuse_reflection=request["scattering_coefficient"] > 0.0,
        diffraction=request["diffraction"],
        refraction=False,
        seed=request["seed"],
    )
    valid = paths.valid.numpy().reshape(len(names), -1)
    real, imaginary = (part.numpy().reshape(len(names), -1) for part in paths.a)
    direct = (paths.interactions.numpy() == 0).all(axis=0).reshape(len(names), -1)
    for name in ("transmitter", *names):
        scene.remove(name)
    if valid.sum() >= MOST_PATHS:
        return None
    power = np.where(valid, real.astype(float) ** 2 + imaginary.astype(float) ** 2, 0.0)
    return power.sum(axis=1), (valid & direct).any(axis=1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
