"""The layers of an export, each a table of places: one home of their names for all formats, pages and commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from itnt_core.city import crs_of
from itnt_core.mapdata import (
    flight_frame,
    link_frame,
    mission_frame,
    path_frame,
    position_frame,
    satellite_frame,
    station_frame,
    surface_frame,
    user_frame,
    user_result_frame,
    zone_frame,
)
from itnt_core.network import coverage_surface

from .asking import ExportError, ExportOptions, ExportSource

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

# What a table for readers calls a column, and what it is called where programs read it.
_USER_COLUMNS = {
    "Kind": "kind",
    "Mean rate, Mbit/s": "mean_rate_mbit_s",
    "Served, %": "served_percent",
    "Data, Mbit": "data_mbit",
    "Mean SINR when served, dB": "mean_sinr_db",
    "Changes of server": "changes_of_server",
}
IDENTIFIER, LAYER = "id", "layer"


@dataclass(frozen=True)
class PlaceLayer:
    """A table of places: what it shows, how it is made, whether it needs an answer, whether it comes unasked."""

    words: str
    make: Callable[[ExportSource, ExportOptions], Any]
    shows_answer: bool = False
    is_usual: bool = True


def _users(source: ExportSource, options: ExportOptions) -> GeoDataFrame:
    del options
    frame = user_frame(source.scenario)
    if source.result is None:
        return frame
    rows = user_result_frame(source.result).rename(columns=_USER_COLUMNS)
    return frame.assign(**{name: rows[name].to_numpy() for name in _USER_COLUMNS.values() if name != "kind"})


def _surface(source: ExportSource, options: ExportOptions) -> GeoDataFrame:
    found = coverage_surface(source.world, options.cells, options.slot, options.height_m)
    return surface_frame(found, source.scenario, source.world.station_ids)


LAYERS = {
    "users": PlaceLayer("where users are at the start, and what each got", _users),
    "stations": PlaceLayer("ground base stations", lambda source, _: station_frame(source.scenario)),
    "satellites": PlaceLayer("ground tracks over the time window", lambda source, _: satellite_frame(source.scenario)),
    "zones": PlaceLayer("no-fly zones, with floor and ceiling", lambda source, _: zone_frame(source.scenario)),
    "paths": PlaceLayer("ways of ground users that move", lambda source, _: path_frame(source.scenario)),
    "missions": PlaceLayer("straight ways to the destinations", lambda source, _: mission_frame(source.scenario)),
    "flights": PlaceLayer("the flights as lines", lambda source, _: flight_frame(source.answer), shows_answer=True),
    "positions": PlaceLayer(
        "where users that move are, slot by slot", lambda source, _: position_frame(source.answer), shows_answer=True
    ),
    "links": PlaceLayer("who is linked to whom, slot by slot", lambda source, _: link_frame(source.answer), True),
    "surface": PlaceLayer("best station, SINR and line of sight in cells", _surface, is_usual=False),
    "buildings": PlaceLayer(
        "the city's buildings with their heights", lambda source, _: source.world.city.buildings(), is_usual=False
    ),
}


def layer_frames(source: ExportSource, options: ExportOptions) -> dict[str, GeoDataFrame]:
    """Return the layers that are asked for, or the usual ones, in the coordinate reference system that is asked for.

    Ids are a column of their own. Raises ExportError for a layer or a coordinate reference system that cannot be used.
    """
    crs = horizontal_crs(options.crs)
    frames = {}
    for name in _wanted(source, options.layers):
        frame = LAYERS[name].make(source, options)
        if frame.index.name:
            frame = frame.reset_index(names=IDENTIFIER)
        frames[name] = _moved(frame, crs, name, options.crs)
    return frames


def one_table(source: ExportSource, options: ExportOptions) -> GeoDataFrame:
    """Return the layers below one another, with the column ``layer``; what a layer has not is missing there."""
    import geopandas
    import pandas as pd

    frames = layer_frames(source, options)
    parts = [frame.assign(**{LAYER: name}) for name, frame in frames.items() if len(frame)]
    if not parts:
        raise ExportError("The layers are empty, so that there is nothing to export: choose other layers.")
    table = pd.concat([_with_gaps(part) for part in parts], ignore_index=True)
    first = [name for name in (LAYER, IDENTIFIER) if name in table]
    ordered = table[[*first, *(name for name in table if name not in (*first, "geometry")), "geometry"]]
    return geopandas.GeoDataFrame(ordered, geometry="geometry", crs=parts[0].crs)


def _with_gaps(part: GeoDataFrame) -> GeoDataFrame:
    """Return a table whose numbers and truths keep their types where other layers have none."""
    kept = part.dropna(axis="columns", how="all")  # or a column without values would decide the type
    kinds = dict.fromkeys(kept.select_dtypes("int"), "Int64") | dict.fromkeys(kept.select_dtypes("bool"), "boolean")
    return kept.astype(kinds)


def horizontal_crs(name: str) -> Any:
    """Return the pyproj CRS of a code, one of two axes (CityError, ExportError).

    Heights are metres above ground, which no vertical system says.
    """
    crs = crs_of(name)
    if not (crs.is_geographic or crs.is_projected) or len(crs.axis_info) != 2:
        raise ExportError(
            f"The coordinate reference system {name:.60} is not one of a flat map, but heights stay metres above "
            "ground here: give one with two axes, such as EPSG:27700."
        )
    return crs


def _wanted(source: ExportSource, names: Sequence[str]) -> list[str]:
    unknown = [name for name in names if name not in LAYERS]
    if unknown:
        raise ExportError(f"The layer '{unknown[0]:.40}' is not known: choose among {', '.join(LAYERS)}.")
    if names:
        return list(dict.fromkeys(names))
    has_answer = source.result is not None
    return [name for name, layer in LAYERS.items() if layer.is_usual and (has_answer or not layer.shows_answer)]


def _moved(frame: GeoDataFrame, crs: Any, layer: str, name: str) -> GeoDataFrame:
    moved = frame.to_crs(crs)
    if not np.isfinite(shapely.get_coordinates(moved.geometry.array)).all():
        raise ExportError(
            f"The layer {layer} reaches to where the coordinate reference system {name:.60} has no coordinates: leave "
            "the layer out, or choose another system."
        )
    return moved
