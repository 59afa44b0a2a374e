"""The replay in a browser: playhead, camera, curves, breakdown, links, pictures and videos."""

import itertools
import re
from typing import NamedTuple

import numpy as np
import pytest
from playwright.sync_api import expect
from visitor import ARTIFACTS

from itnt_core.mapdata.breakdown import sinr_breakdown
from itnt_core.results import served_users
from itnt_core.scenario.link import link_token

PAINTED = "map.painted === '1' && map.state === 'ready' && map.mode === 'replay'"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
WEBM_SIGNATURE = b"\x1a\x45\xdf\xa3"
FOUR_KILOBYTES = 4096
WATTS = "rows => rows.map(row => row.dataset.watts)"


def open_replay(visit, tiny_run, more="", **window):
    """Open the replay of the tiny run and wait until it is drawn."""
    visitor = visit(**window)
    visitor.open(f"/Replay?run={tiny_run[0]}{more}")
    visitor.wait_for_map(PAINTED)
    return visitor


def camera(visitor):
    """Return where the camera is: it lives in the tab's memory, so that it survives page switches."""
    return visitor.page.evaluate("globalThis.itntMap3d.camera.view")


def wait_for_camera(visitor, condition):
    """Wait until a condition on the camera `view` holds and it no longer moves; return it."""
    visitor.page.wait_for_function(
        f"() => {{ const view = globalThis.itntMap3d.camera.view; return {condition}; }}", polling=100
    )
    before = None
    while (view := camera(visitor)) != before:
        before = view
        visitor.page.wait_for_timeout(400)
    return view


def test_the_replay_plays_faster_pauses_scrubs_and_steps_and_the_camera_stays_when_the_mode_is_left(visit, tiny_run):
    visitor = visit()
    visitor.open(f"/Scenario?s={link_token(tiny_run[1].scenario)}&run={tiny_run[0]}")
    visitor.wait_for_map("map.painted === '1' && map.mode === 'edit'")
    visitor.switch("Replay")
    visitor.wait_for_map(PAINTED)
    page, overview = visitor.page, camera(visitor)
    page.get_by_label("Speed").select_option("16")
    page.get_by_role("button", name="Play (space)").click()
    visitor.wait_for_map("map.playing === '1' && Number(map.time) > 1")
    page.get_by_role("button", name="Pause (space)").click()
    visitor.wait_for_map("map.playing === '0'")
    page.get_by_label("Time", exact=True).fill("3.5")
    visitor.wait_for_map("map.time === '3.50' && map.slot === '3'")
    page.get_by_role("button", name="Step on (→)").click()
    visitor.wait_for_map("map.time === '5.00'")
    page.get_by_role("button", name="Step back (←)").click()
    visitor.wait_for_map("map.time === '4.00'")
    page.get_by_role("button", name="Loop: on").click()
    page.get_by_role("button", name="Play (space)").click()
    slots = tiny_run[1].scenario.time.slots
    visitor.wait_for_map(f"map.playing === '0' && map.time === '{slots}.00'")
    page.get_by_label("Time", exact=True).fill("0")
    visitor.wait_for_map("map.time === '0.00'")

    # presets move the camera; it follows an aircraft, and stays
    page.get_by_role("button", name="Top: straight down").click()
    wait_for_camera(visitor, "view.pitch < 0.5")
    page.get_by_role("button", name="Follow an aircraft").click()
    before = wait_for_camera(visitor, "Math.abs(view.pitch - 58) < 0.1 && Math.abs(view.zoom - 16.1) < 0.01")
    page.locator(".box").focus()
    page.keyboard.press("ArrowRight")
    visitor.wait_for_map("map.time === '1.00'")
    moved = camera(visitor)
    assert (moved["longitude"], moved["latitude"]) != (before["longitude"], before["latitude"])
    page.get_by_role("button", name="Overview").click()
    wait_for_camera(visitor, f"Math.abs(view.zoom - {overview['zoom']}) < 1e-3 && Math.abs(view.pitch - 56) < 1e-3")
    page.keyboard.press("4")
    kept = wait_for_camera(visitor, "view.pitch === 0")
    visitor.switch("Optimise")  # the camera is still there when one comes back
    visitor.wait_for_map("map.painted === '1' && map.mode === 'edit'")
    visitor.switch("Replay")
    visitor.wait_for_map(PAINTED)
    assert camera(visitor) == kept
    visitor.follow("Learn")  # from a page outside the workspace, too
    page.get_by_text("Crown copyright").wait_for()
    visitor.follow("Replay")
    visitor.wait_for_map(PAINTED)
    assert camera(visitor) == kept

    visitor.resize(390, 844, dark=False)  # it fits a telephone
    visitor.wait_for_map(PAINTED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.picture("replay-tiny-390")


def test_a_link_opens_a_view_whose_curves_are_read_and_which_opens_again_is_saved_and_broken_down(visit, tiny_run):
    visitor = open_replay(visit, tiny_run, "&t=3", still=True)
    assert visitor.map_state()["time"] == "3.00"
    curves_tell_values_zoom_together_hide_lines_and_seek(visitor, tiny_run[1])
    visitor.page.get_by_label("Time", exact=True).fill("3")
    visitor.wait_for_map("map.time === '3.00'")
    opens_the_same_view_again_which_is_saved_and_broken_down_for_any_user_chosen(visitor, *tiny_run)


def curves_tell_values_zoom_together_hide_lines_and_seek(visitor, result):
    """Read a value under the pointer, go to a moment, zoom, hide a line, and read who is served by whom."""
    page = visitor.page
    data = page.locator("[data-chart='Data served so far']")
    data.scroll_into_view_if_needed()
    data.locator("path.js-line").first.wait_for(state="attached")
    expect(page.locator(".chart .cursor:visible")).to_have_count(6)  # they are drawn one after the other

    # the tip tells the stored value under the pointer
    left, right, top, bottom = Edges.of(data)
    seconds = result.scenario.time.slots * result.scenario.time.slot_s
    page.mouse.move(right - 1, top + 5)
    tip = data.locator(".hovertext")
    expect(tip).to_contain_text("Mbit")
    served_mbit = np.nansum(result.dataset["rate_active_mbit_s"].values, axis=0) * result.scenario.time.slot_s
    aerial = len(result.scenario.aerial_users)
    expected = {**dict(zip(result.scenario.user_ids, served_mbit, strict=True)), "mean GU": served_mbit[aerial:].mean()}
    name, value = re.match(r"(.+?)([\d.]+) Mbitat", tip.text_content()).groups()
    assert float(value) == pytest.approx(expected[name], rel=1e-3)

    # a click goes to that moment; a drag zooms every curve to it; one button shows all of them again
    page.mouse.click(left + (right - left) / 2, (top + bottom) / 2)
    visitor.wait_for_map(f"Math.abs(map.time - {result.scenario.time.slots / 2}) < 0.1")
    cursor = data.locator(".cursor").bounding_box()
    assert cursor["x"] + cursor["width"] / 2 == pytest.approx((left + right) / 2, abs=3)
    page.mouse.move(left + (right - left) * 0.25, top + 20)
    page.mouse.down()
    page.mouse.move(left + (right - left) * 0.75, top + 22, steps=6)
    page.mouse.up()
    whole = page.get_by_role("button", name="Show all")
    expect(whole).to_have_count(6)
    for chart in page.locator(".chart[data-chart]").all():
        assert chart.locator(".graph").evaluate("node => node.layout.xaxis.range") == pytest.approx(
            [0.25 * seconds, 0.75 * seconds], abs=0.02 * seconds
        )
    visitor.picture("replay-curves-zoomed")
    whole.first.click()
    expect(whole).to_have_count(0)

    # its mark hides a line and shows it again
    lines = data.locator("path.js-line")
    shown = lines.count()
    data.get_by_role("button", name="Show au-1").click()
    expect(lines).to_have_count(shown - 1)
    expect(data.get_by_role("button", name="Show au-1")).to_have_attribute("aria-pressed", "false")
    data.get_by_role("button", name="Show au-1").click()
    expect(lines).to_have_count(shown)

    # a bar of the strip is a spell with one station; who is linked below the floor is served by nobody
    strip = page.locator("[data-chart='Who is served by whom']")
    station = result.dataset["serving_station"].values
    served = served_users(result.scenario, result.dataset)
    spells = [
        (user, value)
        for user in range(station.shape[1])
        for value, _ in itertools.groupby(np.where(served, station, -1)[:, user])
        if value >= 0
    ]
    traces = strip.locator(".graph").evaluate("node => node.data.map(trace => [...trace.y].map(Number))")
    assert sorted((user, at) for at, users in enumerate(traces) for user in users) == sorted(spells)


class Edges(NamedTuple):
    """Where a chart's plot is on the screen, in pixels."""

    left: float
    right: float
    top: float
    bottom: float

    @classmethod
    def of(cls, chart):
        """Return the edges of the part of a chart in which lines are drawn."""
        box = chart.locator(".nsewdrag").bounding_box()
        return cls(box["x"], box["x"] + box["width"], box["y"], box["y"] + box["height"])


def opens_the_same_view_again_which_is_saved_and_broken_down_for_any_user_chosen(visitor, run_id, result):
    """Follow the link to a view, save it as picture and video, and add up the SINR of every user."""
    page = visitor.page
    page.get_by_label("Chosen user", exact=True).select_option(label="gu-3")
    page.get_by_role("button", name="Top: straight down").click()
    before = wait_for_camera(visitor, "view.pitch === 0")
    page.get_by_role("button", name="Step on (→)").click()
    visitor.wait_for_map("map.time === '4.00'")
    page.get_by_role("button", name="Link to this view").click()
    address = page.get_by_label("Address of this view").input_value()
    assert address.startswith(f"{visitor.address}/Replay?run={run_id}&t=4&camera=")
    page.goto(address)
    state = visitor.wait_for_map(f"{PAINTED} && map.time === '4.00'")
    assert state["selected"] == "gu-3"
    after = camera(visitor)
    for name, off in (("longitude", 1e-5), ("latitude", 1e-5), ("zoom", 0.01), ("pitch", 0.1), ("bearing", 0.1)):
        assert after[name] == pytest.approx(before[name], abs=off), name

    with page.expect_download() as download:
        page.get_by_role("button", name="Save a picture (PNG)").click()
    assert download.value.suggested_filename == "Tiny-slot-4.png"
    blob = download.value.path().read_bytes()
    assert blob.startswith(PNG_SIGNATURE)
    assert len(blob) > 20 * FOUR_KILOBYTES  # a blank canvas would be a fraction of that
    (ARTIFACTS / "replay-saved-picture.png").write_bytes(blob)

    # the breakdown of any user chosen adds up to the evaluator's SINR
    panel = page.locator("[data-role=breakdown]")
    for user in result.scenario.user_ids:
        page.get_by_label("Chosen user", exact=True).select_option(label=user)
        visitor.wait_for_map(f"map.selected === '{user}'")
        parts = sinr_breakdown(result.dataset, 5, user)
        if parts is None:
            assert "Not served" in panel.inner_text()
            continue
        watts = {
            kind: [float(value) for value in panel.locator(f"[data-kind={kind}]").evaluate_all(WATTS)]
            for kind in ("signal", "interference", "noise")
        }
        assert watts["signal"] == pytest.approx([parts.signal_w], rel=1e-6)
        assert watts["interference"] == pytest.approx(list(parts.interference_w.values()), rel=1e-6)
        assert watts["noise"] == pytest.approx([parts.noise_w], rel=1e-6)
        expected = float(result.dataset["sinr_active_db"].sel(slot=5, user=user))
        assert float(panel.get_attribute("data-sinr-db")) == pytest.approx(expected, abs=1e-4)
        assert f"(sum of interferers + noise) = {10 * np.log10(parts.signal_w) + 30:.1f} dBm" in panel.inner_text()
        assert f") = {expected:.1f} dB" in panel.inner_text()
    visitor.picture("replay-breakdown")

    # the same by keyboard and by clicks: the second click on a user takes it away again
    page.locator(".box").focus()
    page.keyboard.press("n")
    visitor.wait_for_map("map.selected === 'au-1'")
    page.keyboard.press("n")
    visitor.wait_for_map("map.selected === 'gu-1'")
    page.keyboard.press("3")  # street: that user comes to the middle of the map
    wait_for_camera(visitor, "view.pitch > 71.9 && view.zoom > 17.89")
    visitor.click_map((0.5, 0.5))
    visitor.wait_for_map("map.selected !== 'gu-1'")
    visitor.click_map((0.5, 0.5))
    visitor.wait_for_map("map.selected === 'gu-1'")

    page.get_by_role("button", name="Record a video (WebM)").click()
    visitor.wait_for_map("map.playing === '1' && Number(map.time) > 5")
    with page.expect_download() as download:
        page.get_by_role("button", name="Stop and save the video").click()
    assert download.value.suggested_filename.endswith(".webm")
    blob = download.value.path().read_bytes()
    assert blob.startswith(WEBM_SIGNATURE)
    assert len(blob) > FOUR_KILOBYTES
