"""Ask the ray tracer: a question in a folder, a process of its own, an answer kept by the hash of the question."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itnt_core.arrays import Array
from itnt_core.city import City
from itnt_core.disk import open_regular
from itnt_core.errors import ItntError
from itnt_core.results import write_bytes
from itnt_core.units import from_db, to_db

from . import worker
from .scene import SCENE_VERSION, write_scene

INTERPRETER_VARIABLE = "ITNT_RAYTRACING_PYTHON"
PROTOCOL_VERSION = 1  # of the files between this program and the ray tracer
MOST_TRANSMITTERS, MOST_RECEIVERS = 64, 20_000  # of one question
INSTALL_HINT = (
    "install it into an environment (pip install -r requirements-raytracing.txt) and name that environment's python in "
    f"{INTERPRETER_VARIABLE}"
)
LLVM_HINT = (
    "on a processor it needs the LLVM library, version 16 or newer (Debian: apt install libllvm19): install it and set "
    "DRJIT_LIBLLVM_PATH to its file, for example /usr/lib/x86_64-linux-gnu/libLLVM.so.19.1"
)


class RayTracingError(ItntError, RuntimeError):
    """A question the ray tracer cannot answer, or a ray tracer that cannot be run; the message is one sentence."""


@dataclass(frozen=True)
class TraceSettings:
    """How rays are traced: reflections per path, rays per transmitter, share of the field a wall scatters.

    The materials of ITU-R P.2040 limit the carrier to 1 to 10 GHz. Raises RayTracingError for a value out of range.
    """

    carrier_ghz: float = 2.0
    max_depth: int = 4
    samples: int = 200_000
    scattering_coefficient: float = 0.3
    diffraction: bool = True
    seed: int = 1

    def __post_init__(self) -> None:
        limits = {
            "carrier_ghz": (1.0, 10.0),
            "max_depth": (0, 12),
            "samples": (1, 50_000_000),
            "scattering_coefficient": (0.0, 1.0),
            "seed": (0, 2**31 - 1),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise RayTracingError(f"The {name} of the ray tracer is {value}, but {low} to {high} is allowed.")


@dataclass(frozen=True, eq=False)
class TracedGains:
    """Path gains between isotropic antennas (receivers, transmitters) in dB, -inf where no path was found."""

    gain_db: Array
    line_of_sight: NDArray[np.bool_]
    versions: dict[str, str] = field(default_factory=dict)
    wall_s: float = 0.0


def traced_gains_db(
    city: City,
    transmitters_m: ArrayLike,
    receivers_m: ArrayLike,
    settings: TraceSettings | None = None,
    cache_dir: Path | None = None,
    timeout_s: float = 3600.0,
) -> TracedGains:
    """Trace the path gains from transmitters (m, 3) to receivers (n, 3), local metres, over a city with Sionna RT.

    The tracer runs in a process of its own, under the interpreter that ``ITNT_RAYTRACING_PYTHON`` names (else this
    one). An answer is kept in ``cache_dir`` and found again by the hash of city, points and settings. Traced are line
    of sight, specular and diffuse reflection, and diffraction at one edge; buildings are opaque. Raises RayTracingError
    in one sentence when the package or LLVM is missing, the time is up, or the question cannot be asked.
    """
    chosen = settings or TraceSettings()
    ends = _points(transmitters_m, "transmitters", MOST_TRANSMITTERS), _points(receivers_m, "receivers", MOST_RECEIVERS)
    kept = None if cache_dir is None else cache_dir / f"traced-{question_hash(city, *ends, chosen)[:32]}.npz"
    if kept is not None and (answer := _read(kept, (len(ends[1]), len(ends[0])))) is not None:
        return answer
    with tempfile.TemporaryDirectory(prefix="itnt-raytracing-") as name:
        folder = Path(name)
        write_scene(city, folder)
        request = json.dumps({"version": PROTOCOL_VERSION, **asdict(chosen)})
        (folder / worker.REQUEST_FILE).write_text(request, encoding="utf-8")
        np.savez(folder / worker.POINTS_FILE, transmitters_m=ends[0], receivers_m=ends[1])
        _run(folder, timeout_s)
        answer = _answer(folder, (len(ends[1]), len(ends[0])))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(kept, _packed(answer))
    return answer


def question_hash(city: City, transmitters_m: Array, receivers_m: Array, settings: TraceSettings) -> str:
    """Return the SHA-256 of everything an answer depends on, hexadecimal; transmitters (n, 3), receivers (m, 3)."""
    digest = hashlib.sha256(f"{PROTOCOL_VERSION} {SCENE_VERSION} {city.content_hash()}".encode())
    digest.update(json.dumps(asdict(settings), sort_keys=True).encode())
    for points in (transmitters_m, receivers_m):
        digest.update(f"{points.shape}".encode() + points.astype("<f8").tobytes())
    return digest.hexdigest()


def interpreter() -> str:
    """Return the python that runs the ray tracer: the one named in the environment, else this one."""
    return os.environ.get(INTERPRETER_VARIABLE, "").strip() or sys.executable


def _points(values: ArrayLike, what: str, most: int) -> Array:
    points = np.ascontiguousarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or not 1 <= len(points) <= most or not np.isfinite(points).all():
        raise RayTracingError(
            f"The {what} of the ray tracer have the shape {points.shape}, but 1 to {most} rows of finite east, north "
            "and height in metres are needed."
        )
    return points


def _run(folder: Path, timeout_s: float) -> None:
    """Run the worker on a folder; what goes wrong becomes one sentence."""
    command = [interpreter(), str(Path(worker.__file__).resolve()), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise RayTracingError(
            f"The ray tracer was not done after {timeout_s:.0f} s and was stopped: use fewer receivers or samples."
        ) from error
    except OSError as error:
        raise RayTracingError(
            f"The ray tracer's interpreter '{command[0]}' cannot be started ({error.strerror}): {INSTALL_HINT}."
        ) from error
    if done.returncode:
        raise RayTracingError(_sentence(done.returncode, done.stderr.decode("utf-8", "replace")))


def _sentence(code: int, printed: str) -> str:
    """Say why the worker ended with a code, and what to do."""
    if code == worker.EXIT_NO_PACKAGE:
        return f"Sionna RT is not installed: {INSTALL_HINT}."
    if code == worker.EXIT_NO_LLVM:
        return f"Sionna RT found no LLVM: {LLVM_HINT}."
    if code == worker.EXIT_TOO_MANY_PATHS:
        return f"The ray tracer found more than {worker.MOST_PATHS:,} paths at once: use fewer samples or reflections."
    if code < 0:
        return f"The ray tracer was ended by signal {-code}, as happens with an old LLVM: {LLVM_HINT}."
    last = next((line.strip() for line in reversed(printed.splitlines()) if line.strip()), "it said nothing")
    return f"The ray tracer failed ({last[:200]}): mend what it names, or {INSTALL_HINT}."


def _answer(folder: Path, shape: tuple[int, int]) -> TracedGains:
    try:
        about = json.loads((folder / worker.ANSWER_FILE).read_text(encoding="utf-8"))
        with np.load(folder / worker.GAINS_FILE, allow_pickle=False) as arrays:
            return _checked(arrays, about, shape)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise RayTracingError(f"The ray tracer's answer cannot be read ({error}): {INSTALL_HINT}.") from error


def _checked(arrays: Any, about: dict[str, Any], shape: tuple[int, int]) -> TracedGains:
    gain, sight = np.asarray(arrays["path_gain"], dtype=float), np.asarray(arrays["line_of_sight"], dtype=bool)
    if gain.shape != shape or sight.shape != shape or not (np.isfinite(gain) & (gain >= 0.0)).all():
        raise ValueError(f"gains of shape {gain.shape} for {shape}, or values that are no power gains")
    gain_db = np.where(gain > 0.0, to_db(gain), -np.inf)
    versions = {str(name): str(version) for name, version in dict(about["versions"]).items()}
    return TracedGains(gain_db, sight, versions, float(about["wall_s"]))


def _packed(answer: TracedGains) -> bytes:
    handle = io.BytesIO()
    about = json.dumps({"versions": answer.versions, "wall_s": answer.wall_s})
    np.savez_compressed(
        handle, path_gain=from_db(answer.gain_db), line_of_sight=answer.line_of_sight, about=np.array(about)
    )
    return handle.getvalue()


def _read(path: Path, shape: tuple[int, int]) -> TracedGains | None:
    """Return a kept answer; None where there is none, or a damaged one, which is then traced again."""
    try:
        with open_regular(path) as file, np.load(file, allow_pickle=False) as arrays:
            return _checked(arrays, json.loads(str(arrays["about"])), shape)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile):
        return None
