"""Small files of buildings, made by hand or by geopandas, and helpers to read them back."""

from __future__ import annotations

import json
import zipfile

import geopandas
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
