"""The live optimum in a real browser: a mast is placed, and the map shows the better optimum without another click."""

import os
import signal
import time

import psutil
import pytest
from serving import served
from visitor import Visitor

from itnt_core.presets import preset
from itnt_core.runs import cache_folder
from itnt_core.scenario.link import link_token

READY = "map.painted === '1' && map.mode === 'edit' && map.things === '8'"


@pytest.fixture
def live_server(tmp_path, city_cache):
    """Serve the app with the live optimum on."""
    data = tmp_path / "data"
    data.mkdir()
    cache_folder(data).symlink_to(city_cache)
    with served("dashboard.py", data, ITNT_LIVE="on") as address:
        yield address


def workers():
    """Return the processes of live optimums that descend from this one."""
    below = psutil.Process().children(recursive=True)
    return [process for process in below if "itnt_core.live.child" in " ".join(_command(process))]


def _command(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_a_placed_mast_changes_the_optimum_on_the_map_and_a_lost_worker_is_replaced(profiles, live_server):
    page = profiles[False].tab(height=1100)
    visitor = Visitor(page, live_server)
    try:
        visitor.open(f"/Scenario?s={link_token(preset('tiny'))}")
        visitor.wait_for_map(f"{READY} && map.live === 'settled' && map.edit === '1'")
        card = page.get_by_role("region", name="Live optimum")
        assert card.get_by_role("status").inner_text() == "First answer to this scenario"
        assert "Upper bound" in card.inner_text() and "For comparison, straight flights" in page.inner_text("body")
        first = card.locator("dd").first.inner_text()
        visitor.choose("Add a GBS (G)")
        visitor.click_map((0.45, 0.62))
        visitor.wait_for_map("map.things === '9' && map.live === 'settled' && map.edit === '2'")
        assert card.locator("dd").first.inner_text() != first
        assert card.get_by_role("status").inner_text() != "First answer to this scenario"
        visitor.picture("live")

        (worker,) = workers()
        os.kill(worker.pid, signal.SIGKILL)
        page.get_by_role("button", name="Undo", exact=False).first.click()
        visitor.wait_for_map("map.things === '8' && map.live === 'settled' && map.edit === '3'")
        assert card.locator("dd").first.inner_text() == first
        (another,) = workers()
        assert another.pid != worker.pid

        page.get_by_text("Live optimum", exact=True).first.click()  # its switch
        card.wait_for(state="hidden")
        end = time.monotonic() + 60.0
        while workers():
            assert time.monotonic() < end
            time.sleep(0.1)
        visitor.leave()
    finally:
        page.close()
    assert visitor.complaints == []
