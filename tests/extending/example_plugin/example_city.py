"""A city format: ``BOXES 1 EPSG:27700``, then a building a line: ``east north width depth height`` in metres."""

import numpy as np
import shapely
from pyproj import CRS

from itnt_core.city import CityError, Survey

HEAD = b"BOXES 1 "


class Boxes:
    """Buildings as boxes along the axes of a coordinate reference system in metres."""

    title = "boxes (.boxes)"
    suffixes = (".boxes",)

    def recognises(self, head):
        """Say whether a file begins as one of this format does."""
        return head.startswith(HEAD)

    def read(self, path, options):
        """Return the shapes of a file; repairs, heights that are missing and the way into metres follow elsewhere."""
        first, *lines = path.read_text(encoding="utf-8").splitlines()
        try:
            rows = np.array([line.split() for line in lines if line.strip()], dtype=float).reshape(-1, 5)
        except ValueError as error:
            raise CityError(f"The boxes are damaged ({error}): five numbers make a line.") from error
        east, north, width, depth, height_m = rows.T
        shapes = shapely.box(east, north, east + width, north + depth)
        return Survey.of_buildings(shapes, height_m, CRS(options.crs or first.split()[-1]), "BOXES 1")


BOXES = Boxes()
