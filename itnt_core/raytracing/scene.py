"""A city as a scene for a ray tracer: triangle meshes (PLY) and a Mitsuba scene file with Sionna's radio materials."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from itnt_core.city import City

SCENE_FILE, BUILDINGS_FILE, GROUND_FILE = "scene.xml", "buildings.ply", "ground.ply"
WALL_THICKNESS_M = 0.3
SCENE_VERSION = 1  # raise it when the same city would give another scene
MATERIALS = {"buildings": ("concrete", BUILDINGS_FILE), "ground": ("medium_dry_ground", GROUND_FILE)}

Vertices = NDArray[np.float32]  # (n, 3)
Faces = NDArray[np.int32]  # (m, 3), counter-clockwise seen from outside


def write_scene(city: City, folder: Path) -> Path:
    """Write a city's buildings and ground as a scene into a folder and return the scene file.

    Buildings are concrete, the ground is medium dry ground (materials of ITU-R P.2040). Left out: water, parks, bridges
    and trees; roofs are flat and the ground is, as everywhere in the model.
    """
    write_ply(folder / BUILDINGS_FILE, *building_mesh(city))
    write_ply(folder / GROUND_FILE, *ground_mesh(city.size_m))
    path = folder / SCENE_FILE
    path.write_text(scene_text(with_buildings=city.building_count > 0), encoding="ascii")
    return path


def building_mesh(city: City) -> tuple[Vertices, Faces]:
    """Return walls and roofs of all buildings as one mesh, open at the ground; parts in the air have an underside.

    Corners are shared within a building, so that its edges are known as such and diffract.
    """
    count, corners = city.building_count, len(city.vertices_m)
    ground, roof = np.arange(corners), np.arange(corners) + corners
    lengths = np.diff(city.ring_starts)
    heights, bases = (np.repeat(levels, lengths) for levels in (city.roof_heights_m, city.base_heights_m))
    following = np.arange(corners) + 1  # the next corner of the same ring
    if count:
        following[city.ring_starts[1:] - 1] = city.ring_starts[:-1]
    # Rings run clockwise, so outside is on the left of each edge.
    walls = [(following, ground, roof), (following, roof, following + corners)]
    faces = [np.column_stack(wall) for wall in walls]
    roofs = roof_triangles(city)
    faces += [roofs + corners, roofs[bases[roofs[:, 0]] > 0.0][:, ::-1]]
    vertices = np.vstack([np.column_stack([city.vertices_m, bases]), np.column_stack([city.vertices_m, heights])])
    return vertices.astype(np.float32), np.vstack(faces).astype(np.int32)


def roof_triangles(city: City) -> NDArray[np.int64]:
    """Return the triangles (m, 3) of all footprints as indices into the city's corners, counter-clockwise."""
    if not city.building_count:
        return np.zeros((0, 3), dtype=np.int64)
    owner = np.repeat(np.arange(city.building_count), np.diff(city.ring_starts))
    parts, source = shapely.get_parts(shapely.constrained_delaunay_triangles(city.footprints()), return_index=True)
    points = shapely.get_coordinates(parts).reshape(-1, 4, 2)[:, :3]  # (m, 3, 2)
    (ax, ay), (bx, by) = (points[:, 1] - points[:, 0]).T, (points[:, 2] - points[:, 0]).T
    clockwise = ax * by - ay * bx < 0.0
    points[clockwise] = points[clockwise][:, ::-1]
    return _indices(city, owner, points, source)


def _indices(
    city: City, owner: NDArray[np.int64], points: NDArray[np.float64], source: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return which corner of its building each point of a triangle is; a triangulation adds no corners."""
    keys = np.empty((len(owner) + 3 * len(source), 3))
    keys[: len(owner)] = np.column_stack([owner, city.vertices_m])
    keys[len(owner) :] = np.column_stack([np.repeat(source, 3), points.reshape(-1, 2)])
    _, number = np.unique(keys, axis=0, return_inverse=True)
    corner_of = np.zeros(number.max() + 1, dtype=np.int64)
    corner_of[number[: len(owner)]] = np.arange(len(owner))
    return corner_of[number[len(owner) :]].reshape(-1, 3)


def ground_mesh(size_m: float) -> tuple[Vertices, Faces]:
    """Return a square of a side in metres at height 0, around the anchor."""
    half = size_m / 2.0
    corners = np.array([(-half, -half, 0.0), (half, -half, 0.0), (half, half, 0.0), (-half, half, 0.0)])
    return corners.astype(np.float32), np.array([(0, 1, 2), (0, 2, 3)], dtype=np.int32)


def write_ply(path: Path, vertices: Vertices, faces: Faces) -> None:
    """Write a triangle mesh as binary little-endian PLY."""
    header = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    rows = np.empty(len(faces), dtype=[("count", "u1"), ("corners", "<i4", 3)])
    rows["count"], rows["corners"] = 3, faces
    path.write_bytes(header.encode("ascii") + vertices.astype("<f4").tobytes() + rows.tobytes())


def scene_text(with_buildings: bool) -> str:
    """Return the scene file: one mesh per material, faces flat (Mitsuba 3 XML, radio materials of Sionna RT)."""
    parts = ['<scene version="2.1.0">']
    for name in ("buildings", "ground") if with_buildings else ("ground",):
        material, mesh = MATERIALS[name]
        parts.append(
            f'  <bsdf type="itu-radio-material" id="{material}"><string name="type" value="{material}"/>'
            f'<float name="thickness" value="{WALL_THICKNESS_M}"/></bsdf>\n'
            f'  <shape type="ply" id="{name}"><string name="filename" value="{mesh}"/>'
            f'<boolean name="face_normals" value="true"/><ref id="{material}" name="bsdf"/></shape>'
        )
    return "\n".join([*parts, "</scene>\n"])
