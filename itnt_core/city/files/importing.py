"""Import a city from a file of buildings: read, shape, report."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from itnt_core.city.files.crs import crs_label
from itnt_core.city.files.encodings import codec_of
from itnt_core.city.files.formats import read_format, recognised
from itnt_core.city.files.height_units import UNITS_M, implausible_median
from itnt_core.city.files.json_files import read_json
from itnt_core.city.files.layers import FRAME, OSM_KINDS, read_layer, survey_of_frame
from itnt_core.city.files.osm import read_osm
from itnt_core.city.files.shaping import Shaped, shape_city
from itnt_core.city.files.survey import BUILDING, READINGS, ImportOptions, ImportReport, Survey
from itnt_core.city.files.uploads import UnknownFormatError, alone, file_kind, head_of, unpack
from itnt_core.city.library import read_city_folder
from itnt_core.city.model import City, CityError
from itnt_core.collecting import collecting_seldom
from itnt_core.scenario import shown
from itnt_core.texts import cleaned, name_problem

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Notify = Callable[[float, str], None]


@collecting_seldom()  # the millions of objects of a large city have no cycles
def import_city(
    path: Path, options: ImportOptions | None = None, notify: Notify | None = None, name: str | None = None
) -> tuple[City, ImportReport]:
    """Read buildings from a file into a city and a report of what was repaired, estimated and left out.

    Reads GeoJSON, GeoPackage, Shapefile (zip), CityJSON 1.x and 2.x, CityJSONSeq, FlatGeobuf, OpenStreetMap, the city
    files of this program, and what plug-ins read (:data:`~itnt_core.city.files.formats.CITY_FORMATS`) where no built-in
    reader knows it; any coordinate reference system that PROJ knows. ``notify`` hears a fraction of 1 and a
    word; ``name`` is what the sender called the file. Raises CityError with one sentence for everything that cannot be
    used; nothing is stored here. What others send is read by :func:`import_apart`, which does this in a process of its
    own.
    """
    options, notify = options or ImportOptions(), notify or (lambda fraction, words: None)
    path = Path(path)
    name = cleaned(name or path.name) or "file"
    _check_options(options)
    if path.is_dir():
        raise CityError(f"'{name:.80}' is a folder: choose a file, a Shapefile as a zip of its parts.")
    if not path.is_file():
        raise CityError(f"The file '{name:.80}' is not there: check the path.")
    notify(0.02, "looking at the file")
    with tempfile.TemporaryDirectory(prefix="itnt-city-") as folder:
        try:
            inner, kind = _opened(path, Path(folder), name)
            if inner.suffix == ".npz":
                return _restored(inner.parent, name)
            notify(0.05, "reading")
            survey = _read(inner, kind, options, name, Path(folder))
        except UnknownFormatError:
            form = recognised(head_of(path))
            if form is None:
                raise
            survey = read_format(form, path, options)
    notify(0.5, f"shaping {len(survey.shapes):,} shapes")
    attribution = survey.attribution
    notice = f"Buildings from the file '{name[:80]}'" + (f" ({attribution})." if attribution else ".")
    shaped = shape_city(survey, options, options.name or _stem(name), notice)
    notify(0.95, "writing")
    return shaped.city, _report(name, survey, shaped)


def city_of_frame(frame: GeoDataFrame, options: ImportOptions | None = None) -> tuple[City, ImportReport]:
    """Shape the buildings of a GeoDataFrame into a city, with a report, as :func:`import_city` does with a file's.

    Heights are found by the columns' names unless ``options`` names one. Raises CityError with one sentence.
    """
    options = options or ImportOptions()
    _check_options(options)
    survey = survey_of_frame(frame, options)
    notice = f"Buildings from a table ({survey.attribution})." if survey.attribution else "Buildings from a table."
    shaped = shape_city(survey, options, options.name or "Imported city", notice)
    return shaped.city, _report(FRAME, survey, shaped)


def _check_options(options: ImportOptions) -> None:
    if options.name and (problem := name_problem(options.name)):
        raise CityError(f"The name of the city is {shown(options.name)}, but {problem}: remove it.")
    if options.height_unit is not None and options.height_unit not in UNITS_M:
        raise CityError(f"The unit of heights is {shown(options.height_unit)}, but 'm' or 'ft' is needed.")
    if options.encoding is not None:
        codec_of(options.encoding)


def report_data(report: ImportReport) -> dict[str, Any]:
    """Return a report as plain data for JSON."""
    return asdict(report)


def _opened(path: Path, folder: Path, name: str) -> tuple[Path, str]:
    """Return the map to read, unpacked where it was packed, and its kind."""
    kind = file_kind(path, name)
    if kind != "zip":
        return path, kind
    inner = unpack(path, folder, name)
    if inner.suffix in (".npz", ".shp"):
        return inner, inner.suffix[1:]
    kind = file_kind(inner, name)
    if kind == "zip":
        raise CityError(f"The zip file '{name:.80}' holds another zip file: unpack it first.")
    return inner, kind


def _read(path: Path, kind: str, options: ImportOptions, name: str, folder: Path) -> Survey:
    if kind == "json":
        return read_json(path, options, name, folder)
    read = read_osm if kind in OSM_KINDS else read_layer
    return read(alone(path, kind, folder), kind, options)


def _restored(folder: Path, name: str) -> tuple[City, ImportReport]:
    """Read a city file of this program back unchanged."""
    stored = read_city_folder(folder)
    return stored.city, stored.report or report_of(stored.city, name)


def report_of(city: City, source: str, form: str = "city file") -> ImportReport:
    """Return what is known of a city without a report: one that was not imported, or whose report was lost."""
    return ImportReport(
        source=source,
        form=form,
        crs="EPSG:4326",
        layer=None,
        other_layers=(),
        height_source=form,
        number_columns=(),
        attribution=city.notice,
        features=city.building_count,
        buildings=city.building_count,
        prisms=city.building_count,
        repaired=0,
        height_estimated=0,
        left_out=0,
        reasons={},
        water=len(city.water),
        parks=len(city.parks),
        roads=len(city.roads),
        notes=(),
        imported=_now(),
    )


def _report(name: str, survey: Survey, shaped: Shaped) -> ImportReport:
    city = shaped.city
    notes = shaped.notes
    if survey.other_layers:
        notes = (*notes, f"Of {1 + len(survey.other_layers)} layers '{survey.layer}' was taken.")
    if survey.height_source == "none":
        notes = (*notes, "The file says no heights: every building got three storeys (9.6 m).")
    return ImportReport(
        source=name,
        form=survey.form,
        crs=crs_label(survey.crs),
        layer=survey.layer,
        other_layers=survey.other_layers,
        height_source=survey.height_source,
        number_columns=survey.number_columns,
        attribution=survey.attribution,
        features=len(survey.shapes),
        buildings=shaped.buildings,
        prisms=city.building_count,
        repaired=shaped.repaired,
        height_estimated=shaped.estimated,
        left_out=shaped.left_out,
        reasons=shaped.reasons,
        water=len(city.water),
        parks=len(city.parks),
        roads=len(city.roads),
        notes=notes,
        imported=_now(),
        readings=tuple(sorted(survey.readings, key=lambda reading: READINGS.index(reading.what))),
        warnings=(*survey.warnings, *_doubts(survey)),
    )


def _doubts(survey: Survey) -> list[str]:
    doubt = implausible_median(survey.height_m[survey.kinds == BUILDING])
    return [doubt] if doubt else []


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _stem(name: str) -> str:
    stem = name.split(".")[0].replace("_", " ").strip()
    return stem[:60] or "Imported city"
