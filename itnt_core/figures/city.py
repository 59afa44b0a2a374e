"""The city from above as a small picture, to lie under flat charts."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

import numpy as np
import plotly.graph_objects as go

from itnt_core.city import City

PIXELS = 420  # of each side


@lru_cache(maxsize=8)
def city_picture(city: City) -> str:
    """Draw the buildings from above, darker where they are higher, as a PNG in a data address."""
    from PIL import Image

    half = city.size_m / 2
    steps = np.linspace(-half, half, PIXELS)
    east, north = np.meshgrid(steps, steps[::-1])
    roof = city.roof_m(np.column_stack([east.ravel(), north.ravel()])).reshape(PIXELS, PIXELS)
    rgba = np.zeros((PIXELS, PIXELS, 4), dtype=np.uint8)
    rgba[..., :3] = 128
    rgba[..., 3] = np.where(roof > 0.0, np.clip(70.0 + 1.3 * roof, 70.0, 255.0), 0.0)
    target = io.BytesIO()
    Image.fromarray(rgba).save(target, "PNG")
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode()


def put_city_under(figure: go.Figure, picture: str, half_m: float, opacity: float) -> None:
    """Lay a picture of the city under a chart whose axes are metres east and north of its middle."""
    figure.add_layout_image(
        source=picture,
        xref="x",
        yref="y",
        x=-half_m,
        y=half_m,
        sizex=2 * half_m,
        sizey=2 * half_m,
        sizing="stretch",
        layer="below",
        opacity=opacity,
    )
