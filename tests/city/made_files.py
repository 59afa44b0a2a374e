"""Small files of buildings, made by hand or by geopandas, and helpers to read them back."""

from __future__ import annotations

import json
import struct
import zipfile

import geopandas
import numpy as np
import shapely

LON, LAT = -0.09, 51.51
BNG = (532_000.0, 181_000.0)  # about there in EPSG:27700


def square(east=0.0, north=0.0, side=20.0):
    """Return the ring of a square in metres around the place above, in EPSG:27700."""
    x, y = BNG[0] + east, BNG[1] + north
    return shapely.box(x, y, x + side, y + side)


def frame(shapes, crs="EPSG:27700", **columns):
    """Return a table of shapes."""
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def write(table, path, **options):
    """Write a table as its suffix says and return the path."""
    drivers = {".geojson": "GeoJSON", ".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile"}
    if path.suffix == ".geojson" and table.crs is not None:
        table = table.to_crs("EPSG:4326")
    table.to_file(path, driver=drivers[path.suffix], engine="pyogrio", **options)
    return path


def zipped_shapefile(table, folder, name="houses", without=()):
    """Write a table as a Shapefile and zip its parts; return the zip's path."""
    write(table, folder / f"{name}.shp")
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        for part in sorted(folder.glob(f"{name}.*")):
            if part.suffix != ".zip" and part.suffix not in without:
                archive.write(part, part.name)
    return folder / f"{name}.zip"


def features(*items, **more):
    """Return GeoJSON text of (ring in degrees or geometry, properties)."""
    shapes = [
        {"type": "Feature", "properties": tags, "geometry": shape if isinstance(shape, dict) else polygon(shape)}
        for shape, tags in items
    ]
    return json.dumps({"type": "FeatureCollection", "features": shapes, **more})


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [list(ring) for ring in rings]}


def box(east=0.0, north=0.0, side=0.0003):
    """Return a closed ring in degrees, about 20 to 33 m wide."""
    x, y = LON + east, LAT + north
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def lines(*items):
    """Return the features of :func:`features` one a line, as GeoJSON text sequences have them."""
    return "\n".join(json.dumps(feature) for feature in json.loads(features(*items))["features"])


def osm(*objects, declaration="<?xml version='1.0' encoding='UTF-8'?>"):
    """Return OpenStreetMap XML of elements."""
    return f"{declaration}<osm version='0.6'>{''.join(objects)}</osm>"


def osm_way(number, ring, first=None, attributes="", **tags):
    """Return nodes and a closed way over a ring in degrees; nodes are numbered on from ``first``, below 0 downwards."""
    first = first if first is not None else 10 * number
    numbers = [first + (k if first > 0 else -k) for k in range(len(ring) - 1)]
    nodes = [f"<node id='{n}' lon='{x:.7f}' lat='{y:.7f}'/>" for n, (x, y) in zip(numbers, ring, strict=False)]
    refs = "".join(f"<nd ref='{n}'/>" for n in [*numbers, numbers[0]])
    words = "".join(f"<tag k='{key.replace('__', ':')}' v='{value}'/>" for key, value in tags.items())
    return "".join(nodes) + f"<way id='{number}' {attributes}>{refs}{words}</way>"


def multipatch(folder, parts, crs="EPSG:25832", name="patches"):
    """Write a zipped MultiPatch Shapefile; ``parts`` holds a building's list of (type, corners (n, 3)).

    Types after the ESRI Shapefile Technical Description of 1998: 0 strip, 1 fan, 2 outer and 3 inner ring.
    """
    table = geopandas.GeoDataFrame({"id": range(len(parts))}, geometry=[shapely.Point(0, 0)] * len(parts), crs=crs)
    table.to_file(folder / f"{name}.shp", engine="pyogrio")
    records, index, at = b"", b"", 50
    for number, building in enumerate(parts, 1):
        corners = np.concatenate([np.asarray(part[1], dtype=float) for part in building])
        starts = np.cumsum([0, *(len(part[1]) for part in building)])[:-1]
        box = [*corners[:, :2].min(axis=0), *corners[:, :2].max(axis=0)]
        body = struct.pack("<i4d2i", 31, *box, len(building), len(corners))
        body += struct.pack(f"<{2 * len(building)}i", *starts, *(part[0] for part in building))
        body += corners[:, :2].astype("<f8").tobytes() + struct.pack("<2d", corners[:, 2].min(), corners[:, 2].max())
        body += corners[:, 2].astype("<f8").tobytes()
        records += struct.pack(">2i", number, len(body) // 2) + body
        index += struct.pack(">2i", at, len(body) // 2)
        at += 4 + len(body) // 2
    every = np.concatenate([np.asarray(part[1], dtype=float) for building in parts for part in building])
    low, high = every.min(axis=0), every.max(axis=0)
    bounds = struct.pack("<8d", *low[:2], *high[:2], low[2], high[2], 0.0, 0.0)
    for suffix, content in (("shp", records), ("shx", index)):
        head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50 + len(content) // 2) + struct.pack("<2i", 1000, 31)
        (folder / f"{name}.{suffix}").write_bytes(head + bounds + content)
    with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj"):
            archive.write(folder / f"{name}.{suffix}", f"{name}.{suffix}")
    return folder / f"{name}.zip"


def cityjson(objects, vertices, crs="https://www.opengis.net/def/crs/EPSG/0/28992", version="2.0", **more):
    """Return CityJSON with vertices in whole millimetres around a place in Delft."""
    metadata = {"referenceSystem": crs} if crs else {}
    transform = {"scale": [0.001] * 3, "translate": [84_700.0, 447_500.0, 0.0]}
    return {
        "type": "CityJSON",
        "version": version,
        "metadata": metadata,
        "transform": transform,
        "CityObjects": objects,
        "vertices": vertices,
        **more,
    }


def cube(first=0, east=0, side=10_000, low=1_000, high=13_000):
    """Return the vertices (mm) and the shell of a box whose vertices are numbered from `first`."""
    plan = [(east, 0), (east, side), (east + side, side), (east + side, 0)]  # clockwise from above
    vertices = [[x, y, low] for x, y in plan] + [[x, y, high] for x, y in plan]
    ground, roof = [0, 1, 2, 3], [7, 6, 5, 4]
    walls = [[(k + 1) % 4, k, k + 4, (k + 1) % 4 + 4] for k in range(4)]
    return vertices, [[[first + index for index in ring]] for ring in (ground, roof, *walls)]
