"""Generated cities kept on disk: one .npz of arrays and one .json of names per city."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.city.london.facts import facts_hash
from itnt_core.city.model import City
from itnt_core.disk import open_regular

_log = logging.getLogger(__name__)

GENERATOR_VERSION = 2  # raise it when the same arguments would give other bytes

# What a damaged, truncated or foreign file can raise while it is read back into a City.
DAMAGED = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    RecursionError,
    zipfile.BadZipFile,
    shapely.errors.ShapelyError,
)


def kept_or_made(
    kind: str,
    lon: float,
    lat: float,
    size_m: float,
    seed: int,
    cache_dir: Path,
    make: Callable[[float, float, float, int], City],
) -> City:
    """Read the city from the cache, or make and keep it; a damaged file is made again and overwritten.

    A cache that cannot be written costs the time to make the city again, nothing else.
    """
    path = cache_dir / f"{kind}-{_cache_key(kind, lon, lat, size_m, seed)}"
    try:
        return read_city(path)
    except DAMAGED:
        city = make(lon, lat, size_m, seed)
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        write_city(path, city)
    except OSError as problem:
        _log.warning("The city could not be kept: %s", problem)
    return city


def _cache_key(kind: str, lon: float, lat: float, size_m: float, seed: int) -> str:
    question = [kind, float(lon), float(lat), float(size_m), int(seed), GENERATOR_VERSION, facts_hash()]
    return hashlib.sha256(json.dumps(question).encode()).hexdigest()[:24]


def write_city(path: Path, city: City) -> None:
    """Write PATH.npz and then PATH.json, whose hash proves that both belong together."""
    arrays: dict[str, NDArray[Any]] = {
        "vertices_m": city.vertices_m,
        "ring_starts": city.ring_starts,
        "roof_heights_m": city.roof_heights_m,
        **({"base_heights_m": city.base_heights_m} if city.has_raised else {}),
        **_pack("water", city.water),
        **_pack("parks", city.parks),
        **_pack("roads", [line for _, line, _ in city.roads]),
        **_pack("bridges", [line for _, line, _ in city.bridges]),
    }
    meta = {
        "name": city.name,
        "lon": city.lon,
        "lat": city.lat,
        "size_m": city.size_m,
        "notice": city.notice,
        "landmark_names": city.landmark_names,
        "places": city.places,
        "roads": [(name, width_m) for name, _, width_m in city.roads],
        "bridges": [(name, width_m) for name, _, width_m in city.bridges],
        "content_hash": city.content_hash(),
    }
    with _Replacing(path.with_suffix(".npz")) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    with _Replacing(path.with_suffix(".json")) as temporary:
        temporary.write_text(json.dumps(meta), encoding="utf-8")


class _Replacing:
    """Give a temporary name beside the target and rename it onto the target once the block has succeeded."""

    def __init__(self, target: Path) -> None:
        self._target = target

    def __enter__(self) -> Path:
        handle, name = tempfile.mkstemp(dir=self._target.parent, prefix=self._target.stem, suffix=".tmp")
        os.close(handle)
        self._temporary = Path(name)
        return self._temporary

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._temporary.replace(self._target)
        else:
            self._temporary.unlink(missing_ok=True)


def read_city(path: Path) -> City:
    """Read a city that `write_city` wrote; raises one of DAMAGED when it is not there or not whole."""
    with open_regular(path.with_suffix(".json")) as file:
        meta = json.loads(file.read())
    with open_regular(path.with_suffix(".npz")) as file, np.load(file, allow_pickle=False) as arrays:
        city = City(
            meta["name"],
            meta["lon"],
            meta["lat"],
            meta["size_m"],
            arrays["vertices_m"],
            arrays["ring_starts"],
            arrays["roof_heights_m"],
            tuple((int(index), str(name)) for index, name in meta["landmark_names"]),
            _unpack("water", arrays),
            _unpack("parks", arrays),
            _named(meta["roads"], _unpack("roads", arrays)),
            _named(meta["bridges"], _unpack("bridges", arrays)),
            tuple((str(name), float(east), float(north)) for name, east, north in meta["places"]),
            meta["notice"],
            arrays.get("base_heights_m", np.zeros(0)),
        )
    if city.content_hash() != meta["content_hash"]:
        raise ValueError("The kept city does not match its hash.")
    return city


def _pack(label: str, shapes: Sequence[shapely.Geometry]) -> dict[str, NDArray[Any]]:
    """Turn shapes into one row of bytes and their lengths (WKB, little endian): plain numbers, no objects."""
    parts = [shapely.to_wkb(shape, byte_order=1) for shape in shapes]
    lengths = np.array([len(part) for part in parts], dtype=np.int64)
    return {f"{label}_wkb": np.frombuffer(b"".join(parts), dtype=np.uint8), f"{label}_lengths": lengths}


def _unpack(label: str, arrays: Any) -> tuple[Any, ...]:
    data, lengths = arrays[f"{label}_wkb"].tobytes(), arrays[f"{label}_lengths"]
    ends = np.cumsum(lengths)
    return tuple(shapely.from_wkb(data[end - length : end]) for end, length in zip(ends, lengths, strict=True))


def _named(meta: list[Any], lines: tuple[Any, ...]) -> tuple[tuple[str, shapely.LineString, float], ...]:
    return tuple((str(name), line, float(width)) for (name, width), line in zip(meta, lines, strict=True))
