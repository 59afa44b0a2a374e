"""A scenario lives: reload, another tab, a server that was killed, and the list of recent ones."""

import os
import signal

import pytest
from playwright.sync_api import expect
from serving import serving, stop
from visitor import Visitor

from itnt_core.presets import preset
from itnt_core.runs import cache_folder
from itnt_core.scenario.link import link_token

READY = "map.painted === '1' && map.state === 'ready' && map.mode === 'edit'"


@pytest.fixture
def folder(tmp_path, city_cache):
    """Return a data folder of its own."""
    data = tmp_path / "data"
    data.mkdir()
    cache_folder(data).symlink_to(city_cache)
    return data


def place(visitor, east_share, things):
    """Place a base station and wait until Python has it."""
    visitor.choose("Add a GBS (G)")
    visitor.click_map((east_share, 0.62))
    visitor.wait_for_map(f"map.things === '{things}' && map.pending === '0'")


def address_of(page):
    """Return the address behind the server's name once it names the draft."""
    page.wait_for_url(lambda url: "draft=" in url)
    return page.url.split("/", 3)[3]


def test_a_scenario_outlives_reloads_tabs_and_a_killed_server(profiles, folder, spare_port):
    process, server = serving("dashboard.py", folder, port=spare_port)
    page, other = profiles[False].tab(still=True), profiles[False].tab(still=True)
    visitor, second = Visitor(page, server), Visitor(other, server)
    try:
        visitor.open(f"/Scenario?s={link_token(preset('tiny'))}")
        visitor.wait_for_map(f"{READY} && map.things === '8'")
        place(visitor, 0.45, 9)
        where = address_of(page)
        second.open(f"/{where}")
        second.wait_for_map(f"{READY} && map.things === '9'")
        place(second, 0.55, 10)
        place(visitor, 0.35, 11)  # it follows the other tab first: both masts are there
        second.leave()
        other.close()
        os.kill(process.pid, signal.SIGKILL)
        stop(process)
        visitor.leave()
        page.goto("about:blank")  # or it would go on asking the server that is gone
        assert visitor.complaints == second.complaints == []

        process, server = serving("dashboard.py", folder, port=spare_port)
        visitor = Visitor(page, server)
        visitor.open(f"/{where}")
        visitor.wait_for_map(f"{READY} && map.things === '11'")
        visitor.scenario_menu("Recent")
        page.get_by_label("Name of the present state").fill("three masts")
        page.get_by_role("button", name="Keep this version").click()
        expect(page.get_by_text("three masts, just now")).to_be_visible()
        page.keyboard.press("Escape")
        visitor.go("Passes")
        visitor.go("Optimise")
        page.wait_for_url(lambda url: "draft=" in url)
        page.reload()
        visitor.wait_for_map(f"{READY} && map.things === '11'")
        visitor.leave()
    finally:
        stop(process)
        page.close()
    assert visitor.complaints == []
