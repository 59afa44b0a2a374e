"""A map of a notebook in a browser without a network: drawn, and nothing asked of anybody."""

import io

import numpy as np
import pytest
from PIL import Image
from visitor import ARTIFACTS, without_network

from itnt_core.city import city_of_scenario
from itnt_core.mapdata import result_map, scenario_map


@pytest.mark.parametrize(("kind", "width"), [("result", 1000), ("scenario", 390)])
def test_a_map_of_a_notebook_is_drawn_with_the_network_blocked(
    unconnected, tiny_run, city_cache, tmp_path, kind, width
):
    result = tiny_run[1]
    city = city_of_scenario(result.scenario, city_cache)
    deck = result_map(result, city, 3) if kind == "result" else scenario_map(result.scenario, city)
    deck.to_html(tmp_path / "map.html")
    with without_network(unconnected, width=width, height=590) as page:
        page.goto((tmp_path / "map.html").as_uri())
        page.wait_for_selector("body[data-drawn] canvas")
        picture = drawn(page)
        (ARTIFACTS / f"notebook-map-{kind}.png").write_bytes(page.screenshot())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100  # walls in light and shade, not one colour


def drawn(page):
    """Return the map's pixels (rows, columns, 3) once it has come to rest."""
    before = b""
    for _ in range(60):
        page.wait_for_timeout(500)
        shot = page.locator("#map").screenshot()
        if shot == before:
            break
        before = shot
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))


def test_a_notebook_shows_the_map_in_a_frame_without_a_request(unconnected, tiny_run, city_cache, tmp_path):
    result = tiny_run[1]
    deck = scenario_map(result.scenario, city_of_scenario(result.scenario, city_cache))
    (tmp_path / "notebook.html").write_text(f"<!doctype html><title>Notebook</title>{deck._repr_html_()}")
    with without_network(unconnected, width=900, height=700) as page:
        page.goto((tmp_path / "notebook.html").as_uri())
        page.frame_locator("iframe").locator("body[data-drawn] canvas").wait_for()
