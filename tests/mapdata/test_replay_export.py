"""The one-file replay: everything inside, nothing asked of others, names literal."""

import base64
import gzip
import json
import re

import pytest

from itnt_core.mapdata import export, libraries
from itnt_core.mapdata.export import replay_file_name, replay_html
from itnt_core.mapdata.inlining import for_script
from itnt_core.mapdata.packing import unpack
from itnt_core.mapdata.ready_stories import ready_story
from itnt_core.mapdata.replay import replay_bundle
from itnt_core.mapdata.scene import scene_bundle
from tests.everything import everything_planned


@pytest.fixture
def page(result, city, monkeypatch):
    monkeypatch.setattr(export, "deck_library", lambda: b"globalThis.deck = {};")
    return replay_html(result, city).decode()


def part(page, name):
    """Return the text of an element of the page by its id."""
    return re.search(f'id="{name}">(.*?)</script>', page, re.DOTALL).group(1)


def test_the_page_holds_the_bundles_that_the_app_sends(page, result, city):
    assert gzip.decompress(base64.b64decode(part(page, "flight"))) == replay_bundle(result)
    assert gzip.decompress(base64.b64decode(part(page, "city"))) == scene_bundle(city, result.scenario.area)
    assert gzip.decompress(base64.b64decode(part(page, "deck"))).startswith(b"globalThis.deck")
    assert gzip.decompress(base64.b64decode(part(page, "plotly"))) == libraries.plotly_library()


def test_every_import_of_every_module_is_in_the_import_map(page):
    addresses = json.loads(re.search(r'<script type="importmap">(.*?)</script>', page).group(1))["imports"]
    assert "map3d/standalone.js" in addresses
    assert "map3d/main.js" not in addresses  # Streamlit's door is not needed here
    for address in addresses.values():
        source = base64.b64decode(address.partition(",")[2]).decode()
        assert not re.search(r'from "\./|import\("', source)
        assert set(re.findall(r'from "(map3d/[\w.]+)"', source)) <= set(addresses)


def test_names_typed_by_users_cannot_become_markup(page, result):
    assert "<b>small</b>" not in page
    assert "&lt;b&gt;small&lt;/b&gt;" in page
    assert json.loads(part(page, "facts"))["title"] == "<b>small</b> & *odd*"
    hostile = result.scenario.model_copy(update={"name": "</script><script>alert(1)</script>"})
    result.scenario = hostile
    assert "<script>alert" not in for_script(export._facts(result, _Notice(), ready_story(result)))


class _Notice:
    notice = "</script><script>alert(2)</script>"


def test_the_page_names_no_other_host_and_forbids_requests(page):
    outside = re.sub(r'id="(deck|plotly|city|flight)">.*?</script>', "", page, flags=re.DOTALL)
    assert not re.search(r"https?://(?!www\.w3\.org)", outside)
    assert "default-src &#x27;none&#x27;" in page


def test_the_same_result_gives_the_same_file(result, city, monkeypatch):
    monkeypatch.setattr(export, "deck_library", lambda: b"x")
    assert replay_html(result, city) == replay_html(result, city)


def test_the_file_is_named_after_the_scenario(result):
    assert replay_file_name(result) == "b-small-b-odd-replay.html"
    result.scenario = result.scenario.model_copy(update={"name": "…"})
    assert replay_file_name(result) == "scenario-replay.html"


def test_without_the_drawing_library_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(libraries, "find_spec", lambda name: None)
    with pytest.raises(libraries.MissingLibraryError, match="pip install"):
        export.deck_library()


def test_the_replay_is_handed_zones_users_indoors_lobes_and_ways(result):
    meta, arrays = unpack(replay_bundle(everything_planned()))
    (zone,) = meta["zones"]
    assert zone["id"] == "nfz-1" and zone["heights"] == [0.0, 400.0] and len(zone["outline"]) == 4
    assert meta["indoors"] == [1] and [bool(lobe) for lobe in meta["lobes"]] == [True, False, True, True, True]
    assert arrays["mover"].tolist() == [0]
    assert arrays["mover_position_m"][0, 0, 0] < arrays["mover_position_m"][-1, 0, 0]
    assert not {"zones", "indoors", "lobes"} & set(unpack(replay_bundle(result))[0])
