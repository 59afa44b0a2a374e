"""Imported cities: each stored once under its content hash, and found again by hash, folder or scenario.

A stored city is a folder of three files: ``city.npz`` (arrays), ``city.json`` (names and the hash that proves both
belong together), ``report.json`` (where it comes from). A *city file* is a zip of the three; importing it anywhere
gives the same city under the same hash, so a scenario file travels with its city file beside it.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from itnt_core.city.files.shaping import LARGEST_SIDE_M
from itnt_core.city.files.survey import ImportReport, plain_report
from itnt_core.city.model import City, CityError
from itnt_core.city.store import DAMAGED, read_city, write_city
from itnt_core.data_folder import data_root
from itnt_core.disk import open_regular
from itnt_core.scenario import Problem, ScenarioError, local_to_lonlat, lonlat_to_local
from itnt_core.texts import cleaned

CITIES = "cities"
CITY_STEM, REPORT_FILE = "city", "report.json"
FILES = (f"{CITY_STEM}.npz", f"{CITY_STEM}.json", REPORT_FILE)
HASH = re.compile(r"[0-9a-f]{64}")
LARGEST_UNPACKED_BYTES = 1_000_000_000
MOST_REPORT_BYTES = 1_000_000
_REPORT: TypeAdapter[ImportReport] = TypeAdapter(ImportReport)  # a city file may come from anybody
REMEDY = "import its file again in Build or with `city import`, or import its city file"


@dataclass(frozen=True)
class StoredCity:
    """Hold a city from a folder, with the report of its import where there is one."""

    city: City
    report: ImportReport | None
    content_hash: str


@dataclass(frozen=True)
class CityCard:
    """Tell a stored city without reading its buildings."""

    content_hash: str
    name: str
    lon: float
    lat: float
    size_m: float
    report: ImportReport | None


def library_folder(cache_dir: Path | None = None) -> Path:
    """Return the folder of stored cities: beside the cache of generated ones, else in this program's data folder."""
    return (Path(cache_dir).parent if cache_dir is not None else data_root()) / CITIES


def store_city(city: City, report: ImportReport, library: Path | None = None) -> str:
    """Store a city under its content hash, which is returned; storing it again only renews its report."""
    folder = (library or library_folder()) / city.content_hash()
    write_city_folder(folder, city, report)
    return folder.name


def write_city_folder(folder: Path, city: City, report: ImportReport) -> None:
    """Write the three files of a stored city; a new folder appears whole or not at all."""
    with _fresh_beside(folder) as fresh:
        write_city(fresh / CITY_STEM, city)
        text = json.dumps(asdict(plain_report(report)), indent=2, ensure_ascii=False, allow_nan=False)
        (fresh / REPORT_FILE).write_text(text + "\n", encoding="utf-8")


def keep_city_folder(made: Path, content_hash: str, library: Path) -> None:
    """Store the city that an import has laid out in a folder; CityError when the folder is not what it should be.

    What is inside is read, and held against its hash, whenever the city is used.
    """
    if not HASH.fullmatch(content_hash) or any((made / name).is_symlink() for name in FILES):
        raise CityError("The import has left something else than a city: try again.")
    with _fresh_beside(library / content_hash) as fresh:
        for name in FILES:
            shutil.copyfile(made / name, fresh / name, follow_symlinks=False)


@contextmanager
def _fresh_beside(folder: Path) -> Iterator[Path]:
    """Yield a new folder for the files of a stored city, and put them in place once the block has succeeded."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    try:
        yield fresh
        folder.mkdir(exist_ok=True)
        for name in FILES:
            (fresh / name).replace(folder / name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def read_city_folder(folder: Path) -> StoredCity:
    """Read a stored city; CityError in one sentence when the folder holds none or a damaged one."""
    folder = Path(folder)
    try:
        _check_unpacked_size(folder / FILES[0])
        city = read_city(folder / CITY_STEM)
    except FileNotFoundError as error:
        raise no_city(folder) from error
    except DAMAGED as error:
        raise CityError(f"The stored city in '{folder.name:.80}' is damaged: {REMEDY}.") from error
    return StoredCity(city, _read_report(folder), city.content_hash())


def no_city(folder: Path) -> CityError:
    """Return what is said of a folder that holds no stored city."""
    return CityError(f"The folder '{folder.name:.80}' holds no stored city: make one with `city import`.")


def list_cities(library: Path | None = None) -> list[CityCard]:
    """List the stored cities by name; folders that cannot be read are left out."""
    root = library or library_folder()
    found = [_card(folder) for folder in root.iterdir() if HASH.fullmatch(folder.name)] if root.is_dir() else []
    return sorted((card for card in found if card), key=lambda card: (card.name.lower(), card.content_hash))


def delete_city(content_hash: str, library: Path | None = None) -> None:
    """Remove a stored city; its folder vanishes at once, even when files of it are slow to go."""
    folder = _folder_of(content_hash, library or library_folder())
    aside = folder.with_name(f".gone-{folder.name[:16]}-{os.getpid()}")
    folder.replace(aside)
    shutil.rmtree(aside, ignore_errors=True)


def stored_city(content_hash: str | None, lon: float, lat: float, size_m: float, cache_dir: Path | None = None) -> City:
    """Read the imported city of a scenario, seen from the scenario's anchor (degrees) and cut to its square (metres).

    Raises ScenarioError with the remedy when it is not stored here, or does not reach into the square.
    """
    name = content_hash or ""
    folder = library_folder(cache_dir) / name
    if not HASH.fullmatch(name) or not (folder / FILES[1]).is_file():
        shown = f"not stored here ('{name[:12]}…')" if name else "not named"
        raise ScenarioError([Problem("The imported city of the scenario", shown, "it must be at hand", REMEDY)])
    try:
        city = read_city_folder(folder).city
    except CityError as error:
        problem = Problem("The imported city of the scenario", "damaged", "a whole one is needed", REMEDY)
        raise ScenarioError([problem]) from error
    return seen_from(city, lon, lat, size_m)


def seen_from(city: City, lon: float, lat: float, size_m: float) -> City:
    """Return a city around another anchor (degrees) and cut to another square (metres); itself where both are its own.

    Buildings across the border are left out, as everywhere. Raises ScenarioError when no building is left of a city
    that has some.
    """
    if (lon, lat, size_m) == (city.lon, city.lat, city.size_m):
        return city
    moved = _moved(city.vertices_m, city, lon, lat)
    half = size_m / 2.0
    inside = np.logical_and.reduceat((np.abs(moved) <= half).all(axis=1), city.ring_starts[:-1])
    if not inside.any() and city.building_count:
        raise ScenarioError([_no_overlap(city, lon, lat, size_m)])
    lengths = np.diff(city.ring_starts)
    starts = np.concatenate([[0], np.cumsum(lengths[inside])])
    return _cut(city, lon, lat, size_m, moved[np.repeat(inside, lengths)], starts, inside)


def city_file(city: City, report: ImportReport) -> bytes:
    """Return a city file: a zip of the stored city, which `import_city` takes back unchanged."""
    with tempfile.TemporaryDirectory(prefix="itnt-city-") as folder:
        write_city_folder(Path(folder) / "city", city, report)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name in FILES:
                archive.write(Path(folder) / "city" / name, name)
    return packed.getvalue()


def stored_report(content_hash: str, library: Path | None = None) -> ImportReport | None:
    """Return the report of a stored city, None where there is none."""
    return _read_report(_folder_of(content_hash, library or library_folder()))


def _moved(points: np.ndarray, city: City, lon: float, lat: float) -> np.ndarray:
    degrees = local_to_lonlat(points[:, 0], points[:, 1], city.lon, city.lat)
    return np.round(np.column_stack(lonlat_to_local(*degrees, lon, lat)), 2)


def _cut(
    city: City, lon: float, lat: float, size_m: float, vertices: np.ndarray, starts: np.ndarray, inside: np.ndarray
) -> City:
    import shapely

    square = shapely.box(-size_m / 2, -size_m / 2, size_m / 2, size_m / 2)

    def clip(shapes: tuple[shapely.Polygon, ...]) -> tuple[shapely.Polygon, ...]:
        moved = shapely.transform(np.array(shapes, dtype=object), lambda points: _moved(points, city, lon, lat))
        parts = shapely.get_parts(shapely.intersection(shapely.make_valid(moved), square))
        return tuple(part for part in parts if isinstance(part, shapely.Polygon) and part.area > 1.0)

    def clip_lines(
        lines: tuple[tuple[str, shapely.LineString, float], ...],
    ) -> tuple[tuple[str, shapely.LineString, float], ...]:
        kept = []
        for name, line, width_m in lines:
            there = shapely.transform(line, lambda points: _moved(points, city, lon, lat)).intersection(square)
            kept += [(name, part, width_m) for part in shapely.get_parts(there) if part.length > 1.0]
        return tuple(kept)

    points = _moved(np.array([place[1:] for place in city.places]).reshape(-1, 2), city, lon, lat)
    places = tuple(
        (place[0], float(east), float(north))
        for place, (east, north) in zip(city.places, points, strict=True)
        if max(abs(east), abs(north)) <= size_m / 2
    )
    return City(
        city.name,
        lon,
        lat,
        size_m,
        vertices,
        starts,
        city.roof_heights_m[inside],
        (),
        clip(city.water),
        clip(city.parks),
        clip_lines(city.roads),
        clip_lines(city.bridges),
        places,
        city.notice,
        city.base_heights_m[inside],
    )


def _no_overlap(city: City, lon: float, lat: float, size_m: float) -> Problem:
    return Problem(
        "The area of the scenario",
        f"{size_m:g} m around {lat:g}, {lon:g}",
        f"the city '{city.name}' lies within {city.size_m:g} m around {city.lat:g}, {city.lon:g}",
        "move the area there, or press 'Use this city' again",
    )


def _folder_of(content_hash: str, library: Path) -> Path:
    if not HASH.fullmatch(content_hash) or not (library / content_hash).is_dir():
        raise CityError(f"The city '{content_hash[:12]}…' is not stored here: see the list of stored cities.")
    return library / content_hash


def _card(folder: Path) -> CityCard | None:
    try:
        with open_regular(folder / FILES[1]) as file:
            meta = json.loads(file.read())
        name, lon, lat, size_m = meta["name"], *(float(meta[key]) for key in ("lon", "lat", "size_m"))
        if not (isinstance(name, str) and math.isfinite(lon + lat) and 0.0 < size_m <= LARGEST_SIDE_M):
            return None
        return CityCard(folder.name, cleaned(name, 120), lon, lat, size_m, _read_report(folder))
    except DAMAGED:
        return None


def _read_report(folder: Path) -> ImportReport | None:
    try:
        with open_regular(folder / REPORT_FILE) as file:
            content = file.read(MOST_REPORT_BYTES + 1)
        return plain_report(_REPORT.validate_json(content)) if len(content) <= MOST_REPORT_BYTES else None
    except DAMAGED:
        return None


def _check_unpacked_size(path: Path) -> None:
    """Refuse arrays that unpack to more memory than any city needs (ValueError)."""
    with zipfile.ZipFile(path) as archive:
        if sum(one.file_size for one in archive.infolist()) > LARGEST_UNPACKED_BYTES:
            raise ValueError("the arrays are too large")
