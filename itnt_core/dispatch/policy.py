"""A learned dispatcher: one small network scores every move of every aerial user; its weights are a plain file."""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.arrays import Array
from itnt_core.data import delivered
from itnt_core.results import write_bytes
from itnt_core.texts import visible

from .features import SIZE, Features
from .known import KnownSoFar
from .moves import best_actions
from .options import DispatchError
from .setting import Setting

HIDDEN = 32  # neurons of both hidden layers
SHAPES = {
    "w0": (SIZE, HIDDEN),
    "b0": (HIDDEN,),
    "w1": (HIDDEN, HIDDEN),
    "b1": (HIDDEN,),
    "w2": (HIDDEN, 1),
    "trust": (3,),  # in the planned scores over the horizons, beside what the network says
}
SHIPPED = delivered("dispatch/policy.npz")  # the policy that comes with the program, benchmarks/dispatch.py made it
MOST_BYTES = 200_000  # of a policy's file: what these shapes need is a tenth of that


@dataclass(frozen=True, eq=False)
class PolicyWeights:
    """The numbers of a learned dispatcher, float32 by name and shape (:data:`SHAPES`), and where they come from."""

    arrays: dict[str, NDArray[np.float32]]
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def content_hash(self) -> str:
        """Return the sha256 hex digest of the numbers."""
        digest = hashlib.sha256()
        for name in SHAPES:
            digest.update(np.ascontiguousarray(self.arrays[name], dtype="<f4").tobytes())
        return digest.hexdigest()

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what each move scores (...), from features (..., SIZE)."""
        own = self.arrays
        hidden = np.tanh(features @ own["w0"] + own["b0"])
        hidden = np.tanh(hidden @ own["w1"] + own["b1"])
        return np.asarray((hidden @ own["w2"])[..., 0] + features[..., :3] @ own["trust"])


class LearnedDispatcher:
    """Takes the move that a policy scores highest."""

    def __init__(self, setting: Setting, weights: PolicyWeights):
        self.features, self.weights = Features(setting), weights

    def act(self, known: KnownSoFar) -> Array:
        """Return actions (n, I, 2)."""
        scores = self.weights.logits(self.features.of(known))
        return best_actions(self.features.moves.actions(known), scores)


def write_policy(path: Path, weights: PolicyWeights) -> None:
    """Write a policy as a ``.npz`` file of plain arrays, its hash beside what it tells of itself."""
    about = json.dumps({**weights.about, "sha256": weights.content_hash}, sort_keys=True)
    stream = io.BytesIO()
    np.savez_compressed(stream, **weights.arrays, about=np.array(about))  # type: ignore[arg-type]
    write_bytes(path, stream.getvalue())


def read_policy(path: Path | bytes) -> PolicyWeights:
    """Read a policy from a file's path, or from its content: plain arrays alone, nothing in it is run.

    Raises DispatchError where the file is too large, is no such file, or holds other arrays than a policy has.
    """
    name = "The policy" if isinstance(path, bytes) else f"The policy '{path.name}'"
    try:
        size = len(path) if isinstance(path, bytes) else path.stat().st_size
        if size > MOST_BYTES:
            raise DispatchError(f"{name} has {size:,} bytes, but {MOST_BYTES:,} are the most: choose a policy's file.")
        content = path if isinstance(path, bytes) else path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            if unpacked > MOST_BYTES:
                raise DispatchError(
                    f"{name} unpacks to {unpacked:,} bytes, but {MOST_BYTES:,} are the most: choose a policy's file."
                )
            arrays = {part.filename.removesuffix(".npy"): _array(parts, part) for part in parts.infolist()}
    except (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, DispatchError):
            raise
        raise DispatchError(
            f"{name} cannot be read as a file of plain arrays (.npz): choose a policy's file."
        ) from error
    return _checked(name, arrays)


def _array(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> NDArray[Any]:
    """Return an array of a file, which is as large as it says and holds no objects; ValueError for all else.

    numpy's own reader makes room for whatever size is claimed before it looks for the numbers.
    """
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("a compression that numpy does not write")
    stream = io.BytesIO(parts.read(part))
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("a form that numpy writes for other arrays")
    shape, is_fortran, kind = np.lib.format.read_array_header_1_0(stream)
    content = stream.read()
    if kind.hasobject or not kind.itemsize or math.prod(shape) * kind.itemsize != len(content):
        raise ValueError("objects, or another size than it says")
    return np.frombuffer(content, kind).reshape(shape, order="F" if is_fortran else "C")


def _checked(name: str, arrays: dict[str, Any]) -> PolicyWeights:
    """Return a policy of arrays that have its names, shapes and hash (DispatchError)."""
    about = _about(name, arrays.pop("about", None))
    for key in (*SHAPES, *arrays):
        if key not in arrays or key not in SHAPES:
            what = "lacks" if key in SHAPES else "holds"
            raise DispatchError(
                f"{name} {what} the array '{visible(key[:40])}', but {', '.join(SHAPES)} are what it has: choose "
                "another."
            )
        found = arrays[key]
        if found.dtype != np.float32 or found.shape != SHAPES[key] or not np.isfinite(found).all():
            raise DispatchError(
                f"{name} has '{key}' as {found.dtype} {found.shape}, but finite float32 {SHAPES[key]} is needed: "
                "choose another, or train one anew."
            )
    weights = PolicyWeights(arrays, about)
    if about.get("sha256") not in (None, weights.content_hash):
        raise DispatchError(f"{name} is not what was written: its hash differs; get the file anew.")
    return weights


def _about(name: str, held: Any) -> dict[str, Any]:
    """Return what a file tells of itself (DispatchError where it is no text of JSON)."""
    if held is None:
        return {}
    try:
        found = json.loads(str(held[()]))
    except (ValueError, RecursionError) as error:
        raise DispatchError(f"{name} tells of itself in no JSON: choose another file.") from error
    if not isinstance(found, dict):
        raise DispatchError(f"{name} tells of itself in no JSON object: choose another file.")
    return found
