"""Maps for notebooks: pydeck's layers hold what the result does, in the replay's colours, and the page asks nobody."""

import base64
import gzip
import json
import re

import numpy as np
import pydeck
import pytest

from itnt_core.city import city_of_scenario
from itnt_core.installed import asset
from itnt_core.mapdata import colours, link_frame, notebook_map, result_map, scenario_map
from itnt_core.mapdata.skydome import DOME_NOTE
from tests.everything import everything


@pytest.fixture(autouse=True)
def small_library(monkeypatch):
    monkeypatch.setattr(notebook_map, "packed_library", lambda read: "")


def layers(deck):
    """Return the rows of every layer by its id, as a browser gets them."""
    return {layer["id"]: layer["data"] for layer in json.loads(deck.to_json())["layers"]}


def test_a_scenario_is_drawn_with_all_that_it_holds(scenario, city):
    deck = scenario_map(scenario, city)
    assert isinstance(deck, pydeck.Deck)
    drawn = layers(deck)
    assert [row["words"] for row in drawn["ground_station"]] == ["gbs-1", "gbs-2"]
    assert [row["words"] for row in drawn["aerial_user"]] == ["au-0", "au-1"]
    assert len(drawn["ground_user"]) == 3 and len(drawn["missions"]) == 2 and len(drawn["satellite"]) == 1
    assert [row["height"] for row in drawn["buildings"]] == city.roof_heights_m.tolist()
    assert len(drawn["water"]) == len(city.water) and len(drawn["water"][0]["polygon"]) == 2  # its island, too
    assert "links" not in drawn


def test_a_slot_is_drawn_with_its_links_in_the_colours_of_their_sinr(result, city):
    sinr_db = result.dataset["sinr_active_db"].values
    sinr_db[2, :4] = -0.1, 0.0, 10.0, 25.0
    drawn = layers(result_map(result, city, 3))
    assert [row["colour"] for row in drawn["links"]] == [list(colour) for _, colour, _, _ in colours.SINR_STEPS]
    assert [row["words"].split(":")[0] for row in drawn["links"]] == [
        "user-0 to leo-1",
        "user-1 to gbs-1",
        "user-2 to gbs-1",
        "user-3 to gbs-1",
    ]
    assert drawn["links"][0]["words"].endswith("below its floor")
    true = link_frame(result, 3)
    assert drawn["links"][1]["end"] == pytest.approx(list(true.geometry.iloc[1].coords[1]))
    assert drawn["links"][0]["end"] == drawn["satellite"][0]["position"]  # on the drawn sky, not 400 km up
    assert drawn["satellite"][0]["position"][2] < 400.0 < true.geometry.iloc[0].coords[1][2]
    with pytest.raises(ValueError, match="slot is 6, but 1 to 5 is allowed"):
        result_map(result, city, 6)


def test_a_satellite_below_the_horizon_is_not_drawn(result, city):
    result.dataset["elevation_deg"].values[0, 2] = -1.0
    result.dataset["serving_station"].values[0, 0] = 0
    assert layers(result_map(result, city, 1))["satellite"] == []


def test_a_large_city_is_drawn_simpler_and_that_is_said(scenario, city, monkeypatch):
    monkeypatch.setattr(notebook_map, "MOST_CORNERS", 8)
    deck = scenario_map(scenario, city)
    assert len(layers(deck)["buildings"]) == 2 and "The map draws 2 of 3 buildings" in deck.to_html()


def test_the_colours_are_those_of_the_replay():
    source = (asset("map3d") / "src" / "palette.js").read_text(encoding="utf-8")

    def numbers(text):
        return tuple(int(number) for number in re.findall(r"\d+", text))

    kinds = re.search(r"KIND_COLOURS = \{(.*?)\}", source, re.DOTALL)[1]
    found = {name: numbers(rgb) for name, rgb in re.findall(r"(\w+): (\[.*?\])", kinds)}
    of_sharing = {"tn", "ntn", "haze"}  # of which there is no map in notebooks
    assert {name: rgb for name, rgb in found.items() if name not in of_sharing} == colours.KIND_COLOURS
    steps = re.findall(r'\{ below: (\w+), colour: (\[.*?\]), width: ([\d.]+), text: "(.*?)" \}', source)
    assert steps == [
        ("Infinity" if np.isinf(below) else f"{below:g}", str(list(colour)), f"{width:g}", text)
        for below, colour, width, text in colours.SINR_STEPS
    ]
    light = source[source.index("light: {") : source.index("dark: {")]
    named = {"water": colours.WATER, "park": colours.PARK, "road": colours.STREET, "ground": colours.GROUND}
    named |= {"stem": colours.STEM, "trail": colours.TRAIL}
    assert {name: numbers(re.search(rf"\b{name}: (\[.*?\])", light)[1]) for name in named} == named
    buildings = re.search(r"buildings: \[(.*?)\],\s+\w+:", light, re.DOTALL)[1]
    assert tuple(numbers(rgb) for rgb in re.findall(r"\[.*?\]", buildings)) == colours.BUILDINGS


def test_the_page_carries_all_of_it_literally_and_forbids_requests(result, city, tmp_path, monkeypatch):
    monkeypatch.setenv("CARTO_API_KEY", "secret-of-the-environment")
    deck = result_map(result, city, 1)
    page = deck.to_html(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == page
    assert "<b>small</b>" not in page and "&lt;b&gt;small&lt;/b&gt;" in page
    assert "default-src &#39;none&#39;" in page and not re.search(r"https?://", page)
    assert DOME_NOTE in page and "notice" in page
    inside = gzip.decompress(base64.b64decode(re.search(r'id="layers">(.*?)</script>', page)[1])).decode()
    assert json.loads(inside) == json.loads(deck.to_json())
    assert "http" not in inside and "secret" not in inside and "img src" not in inside
    shown = deck._repr_html_()
    assert shown.startswith("<iframe") and "<script" not in shown


def test_zones_lobes_and_ways_are_drawn_and_every_number_is_one(city_cache):
    scenario = everything()
    deck = scenario_map(scenario, city_of_scenario(scenario, city_cache))
    drawn = layers(deck)
    (zone,) = drawn["no_fly_zones"]
    assert zone["words"] == "no-fly zone nfz-1, 0 to 400 m" and len(zone["polygon"]) == 5 and zone["height"] == 400.0
    assert len(drawn["lobes"]) == 4 and {corner[2] for corner in drawn["lobes"][0]["path"]} == {25.0}
    assert len(drawn["ways"]) == 1 and len(drawn["ways"][0]["path"]) == 3
    words = [row["words"] for row in drawn["ground_user"]]
    assert words[:3] == ["gu-1, on the way", "gu-2, indoors on floor 2", "gu-3"]
    assert "NaN" not in deck.to_json() and "no-fly zone" in [text for text, _ in deck.caption.legend]


def test_a_scenario_without_them_has_no_layer_of_them(scenario, city):
    deck = scenario_map(scenario, city)
    assert not {"no_fly_zones", "lobes", "ways"} & set(layers(deck))
    assert "no-fly zone" not in [text for text, _ in deck.caption.legend]
