"""Spectrum twin in the browser: from a file of measured traffic to backlog curves, played and paused."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from itnt_core.runs import RunStore
from itnt_core.twin import run_scheme, twin_preset, write_twin_result
from tests.shared import real_case, shared_file

REAL = "data/traffic/milan_internet_10min_square_4159.csv"


@pytest.fixture(params=["made up", real_case(REAL)])
def traffic_file(request, tmp_path):
    """Return a file of four made-up days of traffic, and a real one of the same form."""
    if request.param == "real":
        return shared_file(REAL)
    times = 1_383_260_400_000 + 600_000 * np.arange(4 * 144)
    wave = 200.0 + 150.0 * np.sin(np.arange(times.size) / 144 * 2 * np.pi)
    path = tmp_path / "milan.csv"
    rows = (f"4159,{time},{value:.3f}" for time, value in zip(times, wave, strict=True))
    path.write_text("\n".join(["square_id,time_ms,internet", *rows]))
    return path


def test_a_traffic_file_becomes_backlog_curves_that_play_and_pause(visit, traffic_file):
    visitor = visit()
    page = visitor.page
    visitor.open("/Spectrum_twin")
    page.get_by_text("only the abstract was at hand").wait_for(timeout=120_000)
    page.get_by_text("Crown copyright").wait_for(timeout=120_000)
    page.get_by_role("button", name="Presets").click()
    page.get_by_text("toy", exact=True).click()
    page.get_by_role("button", name="Use this preset").click()
    page.get_by_text(re.compile("^1 base stations, 1 satellites, 3 users")).wait_for(timeout=60_000)

    page.get_by_text("Traffic of your own").click()
    page.locator('input[type="file"]').first.set_input_files(traffic_file)
    page.get_by_role("button", name="Use this traffic").click(timeout=30_000)
    page.get_by_text(re.compile("Traffic: your file, 1 cells")).wait_for(timeout=60_000)

    page.get_by_role("button", name="Start 4 runs").click()
    page.get_by_text(re.compile("Least backlog here: .*With perfect knowledge")).wait_for(timeout=240_000)
    title = page.locator(".gtitle", has_text="Cycle")
    title.first.wait_for(timeout=60_000)
    still(title.first)
    first = title.first.text_content()
    page.get_by_text("Play", exact=False).locator("visible=true").last.click()
    expect(title.first).not_to_have_text(first, timeout=30_000)
    page.get_by_text("Pause", exact=False).locator("visible=true").last.click()
    visitor.picture("spectrum")
    # Plotly rejects the promise of an animation that is paused, with nothing in it, and its own button ignores that.
    visitor.complaints = [complaint for complaint in visitor.complaints if complaint != "page error: undefined"]


def test_a_window_plays_on_while_another_scheme_finishes(visit, data_folder, city_cache):
    """What is watched is not taken away, and does not begin again, when the page shows one scheme more."""
    store = RunStore(data_folder)
    toy = twin_preset("toy", cache_dir=city_cache)
    longer = toy.network.time.model_copy(update={"slots": 4 * toy.network.time.slots})
    toy = toy.model_copy(update={"network": toy.network.model_copy(update={"name": "Watched toy", "time": longer})})
    watched = store.submit(toy, "greedy")
    write_twin_result(store.folder(watched), run_scheme(toy, "greedy", cache_dir=city_cache))
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', progress = 1, finished = 2 WHERE id = ?", (watched,))
    waiting = store.submit(toy, "joint_refine")  # the page sees to a worker

    visitor = visit()
    page = visitor.page
    visitor.open(f"/Spectrum_twin?question={store.get(watched).scenario_hash[:12]}")
    title = page.locator(".gtitle", has_text="Cycle").first
    expect(title).to_contain_text("Cycle 1")
    still(title)
    page.locator(".updatemenu-button:visible", has_text="Play").click()
    expect(title).not_to_contain_text("Cycle 1:")
    expect(page.get_by_text("Least backlog here:")).to_be_visible()  # there are two now
    assert store.get(waiting).state == "done"
    choice = page.get_by_label("Scheme to watch")
    expect(choice).to_have_count(1)
    expect(choice).to_have_value("Greedy full reuse")
    expect(title).to_contain_text(f"Cycle {toy.cycles}:")  # it went on to its end
    visitor.complaints = [complaint for complaint in visitor.complaints if complaint != "page error: undefined"]


def still(place):
    """Wait until an element is drawn no more: a chart is drawn a second time in the colours of the page."""
    before = None
    while (now := place.evaluate("node => node.outerHTML")) != before:
        before = now
        place.page.wait_for_timeout(500)


def test_the_page_fits_dark_and_narrow_screens(visit):
    visitor = visit(dark=True)
    page = visitor.page
    visitor.open("/Spectrum_twin")
    page.get_by_text("Crown copyright").wait_for(timeout=120_000)
    for width, dark in ((1280, True), (390, False)):
        visitor.resize(width, 1400, dark=dark)
        page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
        page.locator(".js-plotly-plot").first.wait_for(timeout=60_000)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0
        visitor.picture(f"spectrum-{width}-{'dark' if dark else 'light'}")
