"""The one registry of formats that results are exported to, in the order in which users see them."""

from __future__ import annotations

from itnt_core import extensions
from itnt_core.extensions import ExtensionError, Registry

from .asking import OPTION_WORDS, ExportError, ExportFormat, ExportOptions, ExportSource
from .czml import Czml
from .emulators import ChannelTable, EphemerisTable
from .rasters import GeoTiff
from .vectors import GeoJson, GeoPackage, GeoParquet, Kml

_BUILT_IN: dict[str, ExportFormat] = {
    "gpkg": GeoPackage(),
    "geojson": GeoJson(),
    "geoparquet": GeoParquet(),
    "kml": Kml(),
    "geotiff": GeoTiff(),
    "czml": Czml(),
    "channel": ChannelTable(),
    "ephemeris": EphemerisTable(),
}
BUILT_IN_FORMATS = tuple(_BUILT_IN)
EXPORT_FORMATS: Registry[ExportFormat] = Registry(extensions.EXPORT_FORMATS, _BUILT_IN, ExportFormat)


def register_export_format(name: str, form: ExportFormat) -> None:
    """Add a format for this process (ExtensionError); one that is to stay is a plug-in: docs/extending.md."""
    EXPORT_FORMATS.register(name, form)


def find_format(name: str) -> ExportFormat:
    """Return a format by its name (ExportError names the known ones)."""
    if name not in EXPORT_FORMATS:
        why = EXPORT_FORMATS.why_not(name)
        raise ExportError(
            why or f"The export format '{name:.40}' is not known: choose among {', '.join(EXPORT_FORMATS)}."
        )
    return EXPORT_FORMATS[name]


def format_of_file(file_name: str) -> str:
    """Return the name of the format whose files end as a file's name does (ExportError where none or several do)."""
    found = [name for name, form in EXPORT_FORMATS.items() if file_name.lower().endswith(form.suffix)]
    if len(found) == 1:
        return found[0]
    what = f"is the end of {' and '.join(found)}" if found else "is the end of no export format"
    raise ExportError(
        f"How '{file_name:.80}' ends {what}: name the format, one of {', '.join(found or EXPORT_FORMATS)}."
    )


def export(source: ExportSource, name: str, options: ExportOptions | None = None) -> bytes:
    """Return a scenario or a result as a file of a format.

    Raises ExportError for a format, a layer or a choice that cannot be used, ScenarioError where the world that a
    surface needs cannot be built.
    """
    form, options = find_format(name), options or ExportOptions()
    idle = [field for field in options.chosen if field not in form.takes]
    if idle:
        raise ExportError(f"{form.title} does not depend on {OPTION_WORDS[idle[0]]}: leave that choice out.")
    options.check(source.scenario)
    if form.shows_answer:
        _ = source.answer
    try:
        with EXPORT_FORMATS.blamed(name):
            return form.write(source, options)
    except ExtensionError as error:
        raise ExportError(str(error)) from error
