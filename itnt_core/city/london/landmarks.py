"""The shapes of the landmarks, as stacks and rows of prisms around their centre.

Every shape is a function from (width, depth, height) in metres to parts (ring, roof): x runs along the axis of the
landmark, y across it. Prisms stand on the ground, so nothing can overhang: the flare of 20 Fenchurch Street is left
out, and the wheel of the London Eye is a row of slats.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from itnt_core.arrays import Array

Parts = list[tuple[Array, float]]
Shape = Callable[[float, float, float], Parts]


def box(width_m: float, depth_m: float, x_m: float = 0.0, y_m: float = 0.0) -> Array:
    """Build a rectangle (4, 2) around (x_m, y_m)."""
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    return corners * [width_m, depth_m] + [x_m, y_m]


def oval(width_m: float, depth_m: float, sides: int = 20, x_m: float = 0.0, y_m: float = 0.0) -> Array:
    """Build an ellipse as a polygon (sides, 2) around (x_m, y_m)."""
    angle = 2.0 * np.pi * (np.arange(sides) + 0.5) / sides
    return np.column_stack([np.cos(angle) * width_m / 2.0 + x_m, np.sin(angle) * depth_m / 2.0 + y_m])


def _turned(ring: Array, degrees: float) -> Array:
    angle = np.radians(degrees)
    return ring @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _prism(width: float, depth: float, height: float) -> Parts:
    if height < 100.0:
        return [(box(width, depth), height)]
    return [(box(width, depth), 0.96 * height), (box(0.7 * width, 0.7 * depth), height)]


def _taper(width: float, depth: float, height: float) -> Parts:
    tiers = 10
    scale = 1.0 - 0.93 * np.arange(tiers) / tiers
    return [(box(s * width, s * depth), height * (k + 1) / tiers) for k, s in enumerate(scale)]


def _pyramid_top(width: float, depth: float, height: float) -> Parts:
    shoulder, tiers = 0.84 * height, 5
    parts = [(box(width, depth), shoulder)]
    for k in range(tiers):
        scale = 0.95 * (1.0 - k / tiers)
        parts.append((box(scale * width, scale * depth), shoulder + (height - shoulder) * (k + 1) / tiers))
    return parts


def _wedge(width: float, depth: float, height: float) -> Parts:
    slices = 7
    step = depth / slices
    roofs = height * np.linspace(0.3, 1.0, slices)
    return [(box(width, step, 0.0, (k + 0.5) * step - depth / 2.0), float(roof)) for k, roof in enumerate(roofs)]


def _stepped(width: float, depth: float, height: float) -> Parts:
    return [
        (box(width, depth), 0.55 * height),
        (box(0.8 * width, 0.85 * depth, -0.08 * width, 0.06 * depth), 0.8 * height),
        (box(0.55 * width, 0.65 * depth, -0.1 * width, 0.1 * depth), height),
    ]


def _cylinder(width: float, depth: float, height: float) -> Parts:
    return [(oval(width, depth), 0.97 * height), (oval(0.75 * width, 0.75 * depth), height)]


def _dome_taper(width: float, depth: float, height: float) -> Parts:
    parts = [(oval(0.92 * width, 0.92 * depth), 0.18 * height), (oval(width, depth), 0.5 * height)]
    for share in (0.62, 0.72, 0.8, 0.87, 0.93, 0.97, 1.0):
        scale = float(np.sqrt(1.0 - ((share - 0.55) / 0.47) ** 2))
        parts.append((oval(scale * width, scale * depth), share * height))
    return parts


def _curved(width: float, depth: float, height: float) -> Parts:
    x = np.linspace(-0.5, 0.5, 9)
    belly = 0.5 * (1.0 - 2.4 * x**2)
    ring = np.concatenate([np.column_stack([x, -belly]), np.column_stack([x, belly])[::-1]]) * [width, depth]
    return [(ring, 0.95 * height), (0.7 * ring, height)]


def _flare(width: float, depth: float, height: float) -> Parts:
    shares = (0.9, 0.955, 0.985, 1.0, 0.985, 0.955, 0.9)
    step = width / len(shares)
    return [(box(step, depth, (k + 0.5) * step - width / 2.0), share * height) for k, share in enumerate(shares)]


def _twist(width: float, depth: float, height: float) -> Parts:
    tiers = 5
    scale = np.linspace(1.0, 0.72, tiers)
    return [(_turned(box(s * width, s * depth), 9.0 * k), height * (k + 2) / (tiers + 1)) for k, s in enumerate(scale)]


def _triangle(width: float, depth: float, height: float) -> Parts:
    angle = np.radians([78.0, 102.0, 198.0, 222.0, 318.0, 342.0])
    ring = np.column_stack([np.cos(angle) * width, np.sin(angle) * depth]) * 0.55
    return [(ring, 0.95 * height), (0.6 * ring, height)]


def _ellipse(width: float, depth: float, height: float) -> Parts:
    return [(oval(width, 0.75 * depth), height)]


def _hexagon(width: float, depth: float, height: float) -> Parts:
    return [(oval(width, depth, 6), 0.96 * height), (oval(0.7 * width, 0.7 * depth, 6), height)]


def _dome(width: float, depth: float, height: float) -> Parts:
    if height < width / 4.0:  # a shell on the ground (The O2)
        shares = np.linspace(0.0, 0.94, 9)
        return [
            (oval(width * np.cos(np.pi / 2 * s), depth * np.cos(np.pi / 2 * s), 32), height * float(s) + 3.0)
            for s in shares[:-1]
        ] + [(oval(0.1 * width, 0.1 * depth), height)]
    parts = [(box(width, 0.48 * depth), 0.27 * height), (box(0.3 * width, depth), 0.27 * height)]
    towers = [(box(12.0, 12.0, -0.46 * width, y * depth), 0.58 * height) for y in (-0.2, 0.2)]
    drum = min(34.0, 0.48 * depth)
    cupola = ((1.0, 0.58), (0.94, 0.64), (0.82, 0.70), (0.62, 0.75), (0.36, 0.79), (0.18, 0.92), (0.08, 1.0))
    return parts + towers + [(oval(scale * drum, scale * drum), share * height) for scale, share in cupola]


def _chimneys(width: float, depth: float, height: float) -> Parts:
    hall = [(box(width, 0.5 * depth), 0.46 * height), (box(0.82 * width, depth), 0.32 * height)]
    corners = [(x * width, y * depth) for x in (-0.44, 0.44) for y in (-0.2, 0.2)]
    bases = [(box(16.0, 16.0, x, y), 0.55 * height) for x, y in corners]
    return hall + bases + [(oval(9.0, 9.0, 12, x, y), height) for x, y in corners]


def _chimney(width: float, depth: float, height: float) -> Parts:
    # Tate Modern: the turbine hall behind the chimney is 200 m x 65 m and 35 m high.
    hall = (box(200.0, 65.0, 0.0, -32.5), 35.0)
    return [hall, (box(150.0, 24.0, 0.0, -20.0), 41.0), (box(width, depth), height)]


def _spire(width: float, depth: float, height: float) -> Parts:
    profile = ((1.0, 0.72), (0.8, 0.8), (0.6, 0.87), (0.38, 0.94), (0.16, 1.0))
    return [(box(scale * width, scale * depth), share * height) for scale, share in profile]


def _wheel(width: float, depth: float, height: float) -> Parts:
    radius, slats = width / 2.0, 17
    middle = height - radius
    x = np.linspace(-0.98, 0.98, slats) * radius
    roofs = middle + np.sqrt(np.maximum(radius**2 - x**2, 0.0))
    roofs[slats // 2] = height
    return [(box(2.5, depth / 2.0, float(a)), float(roof)) for a, roof in zip(x, roofs, strict=True)]


def _towers(width: float, depth: float, height: float) -> Parts:
    nave = [(box(width, 0.7 * depth), 0.46 * height), (box(0.22 * width, 1.6 * depth, 0.15 * width), 0.46 * height)]
    return nave + [(box(10.0, 10.0, -0.5 * width + 5.0, y * depth), height) for y in (-0.3, 0.3)]


def _bridge_tower(width: float, depth: float, height: float) -> Parts:
    parts: Parts = []
    for x in (-30.5, 30.5):  # the towers stand 61 m apart
        parts += [(box(0.9 * depth, 0.8 * width, x), 0.75 * height), (box(0.6 * depth, 0.5 * width, x), 0.88 * height)]
        parts += [(box(0.25 * depth, 0.2 * width, x), height)]
        turrets = [(x + a * depth, b * width) for a in (-0.4, 0.4) for b in (-0.36, 0.36)]
        parts += [(oval(4.5, 4.5, 8, *turret), 0.84 * height) for turret in turrets]
    return parts


def _column(width: float, depth: float, height: float) -> Parts:
    return [(box(1.6 * width, 1.6 * depth), 0.15 * height), (oval(width, depth, 10), height)]


def _tower(width: float, depth: float, height: float) -> Parts:
    nave = [(box(width, 0.6 * depth), 0.36 * height), (box(0.2 * width, depth, 0.1 * width), 0.36 * height)]
    return [*nave, (box(11.0, 11.0, 0.1 * width), 0.86 * height), (box(6.0, 6.0, 0.1 * width), height)]


def _ovoid(width: float, depth: float, height: float) -> Parts:
    profile = ((0.94, 0.3), (1.0, 0.55), (0.92, 0.7), (0.78, 0.85), (0.5, 1.0))
    return [(oval(s * width, s * depth, 20, 0.0, 0.1 * (1 - s) * depth), share * height) for s, share in profile]


def _courtyard(width: float, depth: float, height: float) -> Parts:
    wing = 0.22 * min(width, depth)
    long_sides = [(box(width, wing, 0.0, y * (depth - wing) / 2.0), height) for y in (-1.0, 1.0)]
    return long_sides + [(box(wing, depth - 2.0 * wing, x * (width - wing) / 2.0), 0.85 * height) for x in (-1.0, 1.0)]


SHAPES: dict[str, Shape] = {
    "bridge_tower": _bridge_tower,
    "chimney": _chimney,
    "chimneys": _chimneys,
    "column": _column,
    "courtyard": _courtyard,
    "curved": _curved,
    "cylinder": _cylinder,
    "dome": _dome,
    "dome_taper": _dome_taper,
    "ellipse": _ellipse,
    "flare": _flare,
    "hexagon": _hexagon,
    "ovoid": _ovoid,
    "prism": _prism,
    "pyramid_top": _pyramid_top,
    "spire": _spire,
    "stepped": _stepped,
    "taper": _taper,
    "tower": _tower,
    "towers": _towers,
    "triangle": _triangle,
    "twist": _twist,
    "wedge": _wedge,
    "wheel": _wheel,
}


def landmark_parts(shape: str, width_m: float, depth_m: float, height_m: float, bearing_deg: float) -> Parts:
    """Build the parts of a landmark around (0, 0), with its width along the bearing; an unknown shape is a prism."""
    parts = SHAPES.get(shape, _prism)(width_m, depth_m, height_m)
    return [(_turned(ring, 90.0 - bearing_deg), roof) for ring, roof in parts]
