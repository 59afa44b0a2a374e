"""Learn in the browser: a lecture walked with arrow keys, a knob that changes a number, narrow and dark screens."""

import contextlib
import itertools
import re

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

TITLES = (
    "1. One link",
    "2. Noise and rate",
    "3. Line of sight",
    "4. A satellite overhead",
    "5. Interference",
    "6. Who serves whom",
    "7. How loud",
    "8. Where to fly",
    "9. Learning to fly",
    "10. Everything together",
)
OVERHANG = 4  # of slanted letters beyond their box, in pixels
OVERFLOW = """() => {
  const page = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const formulas = [...document.querySelectorAll(".katex-display")].map(node => node.scrollWidth - node.clientWidth);
  return Math.max(page, ...formulas.map(wider => wider - OVERHANG));
}""".replace("OVERHANG", str(OVERHANG))


def open_ready(visitor, path):
    """Open a page and wait until its last line stands."""
    visitor.open(path)
    visitor.page.get_by_text("Crown copyright").wait_for()


def go_to_step(page, title):
    """Choose a step in place and wait until all of it stands."""
    page.locator(".st-key-learn_ways").get_by_role("radio", name=title, exact=True).click()
    page.get_by_role("heading", name=title, exact=True).wait_for()
    page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")


def press_until(page, key, sign):
    """Press a key, again where nothing followed for long, as people do; return how often it was not heard."""
    for unheard in range(3):
        page.keyboard.press(key)
        with contextlib.suppress(PlaywrightTimeout):
            sign.wait_for(timeout=40_000)
            return unheard
    return pytest.fail(f"There is no {sign} after three times {key}.")


def test_ten_steps_are_walked_with_arrow_keys_a_knob_changes_a_number_and_steps_fit_narrow_and_dark_screens(visit):
    visitor = visit(width=1920, height=1080)
    page = visitor.page
    open_ready(visitor, "/Learn?step=1")
    page.get_by_role("button", name="Lecture mode").click()
    heading = page.get_by_role("heading", level=1)
    page.get_by_text("screen 1 of 5").wait_for()
    expect(page.get_by_role("button", name="Next")).to_be_enabled()  # its key works from now on
    expect(page.locator(".st-key-bar")).to_be_hidden()
    places = [(title, n, 6 if k >= 8 else 5) for k, title in enumerate(TITLES) for n in range(1, 7 if k >= 8 else 6)]
    unheard = 0
    for (title, screen, screens), (_, following, others) in itertools.pairwise([*places, places[-2]]):
        expect(heading).to_have_text(title)
        page.get_by_text(f"screen {screen} of {screens}").wait_for()
        assert page.evaluate(OVERFLOW) <= 0
        if (title, screen, screens) != places[-1]:
            unheard += press_until(page, "ArrowRight", page.get_by_text(f"screen {following} of {others}"))
    assert unheard <= 1
    page.keyboard.press("ArrowLeft")
    page.get_by_text("screen 5 of 6").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name=TITLES[-1])).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Learn")

    go_to_step(page, TITLES[0])
    said = page.get_by_text(re.compile(r"sends .* W on one subchannel"))
    before = said.text_content()
    box = page.get_by_role("spinbutton", name="Power, W")
    box.fill("3")
    box.press("Enter")
    expect(said).not_to_have_text(before)
    assert "3 W" in said.text_content()
    page.get_by_role("button", name="Back to the scenario's values").click()
    expect(said).to_have_text(before)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()

    # steps fit narrow and dark screens
    visitor.resize(390, 640, dark=True)
    for number in (1, 4, 8):
        go_to_step(page, TITLES[number - 1])
        page.locator(".js-plotly-plot .main-svg").first.wait_for()
        assert page.evaluate(OVERFLOW) <= 0
