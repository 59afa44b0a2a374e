"""A city as meshes, against shapely and a plain reader of the files."""

import xml.etree.ElementTree as ElementTree
from collections import Counter

import numpy as np
import pytest
import shapely

from itnt_core.city import City, generate_london, pack_polygons
from itnt_core.raytracing.scene import building_mesh, ground_mesh, write_ply, write_scene

single_precision = 1e-4  # relative; meshes hold float32


def city_of(polygons, heights, size_m=400.0):
    corners, starts = pack_polygons(polygons)
    empty = ((),) * 6
    return City("test", 0.0, 51.0, size_m, corners, starts, np.array(heights, dtype=float), *empty, "")


@pytest.fixture(scope="module")
def london():
    return generate_london(-0.0845, 51.5135, 600.0, 1)


@pytest.fixture(scope="module")
def horseshoe():
    """One concave footprint and one triangle."""
    shapes = [
        shapely.Polygon([(0, 0), (60, 0), (60, 40), (40, 40), (40, 15), (20, 15), (20, 40), (0, 40)]),
        shapely.Polygon([(-80, -80), (-50, -80), (-65, -50)]),
    ]
    return city_of(shapes, [12.0, 30.0])


def footprints(city):
    return [
        shapely.Polygon(city.vertices_m[first:last])
        for first, last in zip(city.ring_starts[:-1], city.ring_starts[1:], strict=True)
    ]


def signed_volume(vertices, faces):
    a, b, c = (vertices[faces[:, k]].astype(float) for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6.0)


@pytest.mark.parametrize("name", ["horseshoe", "london"])
def test_walls_and_roofs_enclose_the_volume_of_the_footprints_and_look_outwards(name, request):
    city = request.getfixturevalue(name)
    volume = sum(shape.area * height for shape, height in zip(footprints(city), city.roof_heights_m, strict=True))
    # The open bottom lies in the plane z = 0 through the origin and adds nothing to the sum over faces.
    assert signed_volume(*building_mesh(city)) == pytest.approx(volume, rel=single_precision)


def open_edges(vertices, faces):
    """Return how many edges above the ground do not join exactly two faces, and how many edges there are."""
    edges = Counter(
        tuple(sorted(edge)) for face in faces.tolist() for edge in zip(face, face[1:] + face[:1], strict=True)
    )
    above = {edge: count for edge, count in edges.items() if vertices[list(edge), 2].any()}
    return sum(count != 2 for count in above.values()), len(above)


def test_every_edge_above_the_ground_joins_two_faces_so_that_it_can_diffract(horseshoe, london):
    assert open_edges(*building_mesh(horseshoe))[0] == 0
    missing, edges = open_edges(*building_mesh(london))
    assert missing < 0.005 * edges  # corners that lie on one another span no triangle


def test_roofs_lie_at_their_heights_and_cover_their_footprints(horseshoe):
    vertices, faces = building_mesh(horseshoe)
    roofs = faces[(vertices[faces][:, :, 2] > 0.0).all(axis=1)]
    triangles = shapely.polygons(vertices[roofs][:, :, :2].astype(float))
    assert shapely.union_all(triangles).equals(shapely.union_all(footprints(horseshoe)))
    assert set(vertices[roofs][:, :, 2].ravel().tolist()) == {12.0, 30.0}


def test_the_ground_is_the_square_and_looks_up():
    vertices, faces = ground_mesh(500.0)
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    assert (normals[:, 2] > 0.0).all() and normals[:, 2].sum() / 2.0 == 500.0**2


def test_a_mesh_file_holds_what_was_written(tmp_path, horseshoe):
    vertices, faces = building_mesh(horseshoe)
    write_ply(tmp_path / "mesh.ply", vertices, faces)
    head, body = (tmp_path / "mesh.ply").read_bytes().split(b"end_header\n")
    assert f"element vertex {len(vertices)}\n".encode() in head and f"element face {len(faces)}\n".encode() in head
    split = vertices.size * 4
    np.testing.assert_array_equal(np.frombuffer(body[:split], "<f4").reshape(-1, 3), vertices)
    rows = np.frombuffer(body[split:], dtype=[("count", "u1"), ("corners", "<i4", 3)])
    assert (rows["count"] == 3).all()
    np.testing.assert_array_equal(rows["corners"], faces)


@pytest.mark.parametrize("empty", [False, True], ids=["buildings", "open ground"])
def test_the_scene_names_files_and_materials_that_are_there(tmp_path, horseshoe, empty):
    city = city_of([], []) if empty else horseshoe
    scene = ElementTree.parse(write_scene(city, tmp_path)).getroot()
    materials = {item.get("id"): item.find("string").get("value") for item in scene.findall("bsdf")}
    shapes = {item.get("id"): item for item in scene.findall("shape")}
    assert set(shapes) == ({"ground"} if empty else {"ground", "buildings"})
    for shape in shapes.values():
        assert (tmp_path / shape.find("string").get("value")).is_file()
        assert shape.find("ref").get("id") in materials
    assert materials["medium_dry_ground"] == "medium_dry_ground"
