"""A map of a notebook in a browser without a network: drawn, and nothing asked of anybody."""

import io

import numpy as np
from PIL import Image
from visitor import without_network

from itnt_core.city import city_of_scenario
from itnt_core.mapdata import result_map, scenario_map


def test_a_map_of_a_notebook_is_drawn_with_the_network_blocked(unconnected, tiny_run, city_cache, tmp_path):
    result = tiny_run[1]
    deck = result_map(result, city_of_scenario(result.scenario, city_cache), 3)
    deck.to_html(tmp_path / "map.html")
    with without_network(unconnected, width=1000, height=590) as page:
        page.goto((tmp_path / "map.html").as_uri())
        is_drawn(page.main_frame, 1000)


def test_a_notebook_shows_the_map_in_a_narrow_frame_without_a_request(unconnected, tiny_run, city_cache, tmp_path):
    """In the frame is the same page as in a file."""
    result = tiny_run[1]
    deck = scenario_map(result.scenario, city_of_scenario(result.scenario, city_cache))
    style = "<!doctype html><title>Notebook</title><style>body {margin: 0}</style>"
    (tmp_path / "notebook.html").write_text(f"{style}{deck._repr_html_()}")
    with without_network(unconnected, width=390, height=700) as page:
        page.goto((tmp_path / "notebook.html").as_uri())
        is_drawn(page.locator("iframe").element_handle().content_frame(), 390)


def is_drawn(frame, width):
    """Wait until a map is drawn; see that it is no wider than its window, and a city in light and shade."""
    frame.wait_for_selector("body[data-drawn] canvas")
    picture = drawn(frame)
    assert frame.evaluate("document.documentElement.scrollWidth") <= width
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100  # walls in light and shade, not one colour


def drawn(frame):
    """Return the map's pixels (rows, columns, 3) once it has come to rest."""
    before = b""
    for _ in range(60):
        frame.wait_for_timeout(500)
        shot = frame.locator("#map").screenshot()
        if shot == before:
            break
        before = shot
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))
