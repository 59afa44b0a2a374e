"""The two-minute tour of README, walked in headless Chromium as it is written: ``python -m benchmarks.tour``.

Starts the app with an empty data folder, does what each numbered line says, waits for what it promises, and prints how
long each step took. ``--address`` walks a dashboard that runs already, ``--pictures DIR`` keeps a picture of each step.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.browser import BROWSER_FLAGS, Visitor, chromium, served
from benchmarks.smoke import sized
from benchmarks.timing import print_machine

READY = "map.painted === '1' && map.state === 'ready'"


def home(visitor: Visitor) -> None:
    """The recorded run plays at once."""
    visitor.open("/")
    visitor.wait_for_map(f"{READY} && map.playing === '1' && Number(map.time) > 0")


def build(visitor: Visitor) -> None:
    """A click places a base station, and the optimum follows it."""
    visitor.page.get_by_role("button", name="Build your own").click()
    visitor.wait_for_map(f"{READY} && map.mode === 'edit'")
    things = int(visitor.map_state()["things"])
    visitor.choose("Add a GBS (G)")
    visitor.click_map((0.45, 0.62))
    visitor.wait_for_map(f"map.things === '{things + 1}' && map.acknowledged !== '0' && map.pending === '0'")
    visitor.wait_for_map("map.edit === '2' && (map.live === 'working' || map.live === 'settled')")


def optimise(visitor: Visitor) -> None:
    """The planner answers within its ten seconds, growing on the map; a sentence says how good that is."""
    visitor.switch("Optimise")
    visitor.page.locator(".st-key-side").get_by_role("button", name="Optimise").click()
    visitor.page.locator(".st-key-side").get_by_role("button", name="Replay").wait_for()


def replay(visitor: Visitor) -> None:
    """The story of that run plays by itself; Escape leaves it."""
    visitor.page.locator(".st-key-side").get_by_role("button", name="Replay").click()
    visitor.wait_for_map(f"{READY} && map.mode === 'replay'")
    visitor.page.get_by_role("button", name="Play the story").click()
    visitor.wait_for_map("map.story === '1' && map.playing === '1'")
    visitor.page.keyboard.press("Escape")
    visitor.wait_for_map("map.story === undefined")


def compare(visitor: Visitor) -> None:
    """The recorded run and yours lie over one map and play together."""
    visitor.switch("Compare")
    visitor.wait_for_map(f"{READY} && map.mode === 'compare'")
    visitor.page.get_by_role("button", name="Play (space)").click()
    visitor.wait_for_map("map.playing === '1' && Number(map.time) > 1")


def passes(visitor: Visitor) -> None:
    """The best placed satellites of a published shell enter the scenario."""
    visitor.follow("Passes")
    visitor.page.get_by_role("button", name="Use the best placed").click()
    visitor.page.get_by_text(re.compile("In the scenario as ")).wait_for()


def twin(visitor: Visitor) -> None:
    """Four schemes share a toy's band, and their backlog is drawn."""
    page = visitor.page
    visitor.follow("Spectrum twin")
    page.get_by_text("Start 4 runs").wait_for()
    page.get_by_role("button", name="Presets").click()
    page.get_by_text("toy", exact=True).click()
    page.get_by_role("button", name="Use this preset").click()
    page.get_by_text(re.compile("1 base stations, 1 satellites")).first.wait_for()
    page.get_by_role("button", name="Start 4 runs").click()
    visitor.table("Schemes")
    page.get_by_text(re.compile("Least backlog here: ")).wait_for()


def learn(visitor: Visitor) -> None:
    """Another power gives other numbers."""
    page = visitor.page
    visitor.follow("Learn")
    said = page.get_by_text(re.compile(r"sends .* W on one subchannel"))
    before = said.inner_text()
    box = page.get_by_role("spinbutton", name="Power, W")
    box.fill("0.8")
    box.press("Enter")
    page.get_by_text(re.compile(r"sends 0\.8 W")).wait_for()
    assert said.inner_text() != before


def runs(visitor: Visitor) -> None:
    """Everything that was computed is listed."""
    visitor.follow("Runs")
    visitor.page.locator("td", has_text="Planner").first.wait_for(state="attached")  # of the table on a canvas


STEPS: tuple[tuple[str, Callable[[Visitor], None]], ...] = (
    ("Home", home),
    ("Build", build),
    ("Optimise", optimise),
    ("Replay", replay),
    ("Compare", compare),
    ("Passes", passes),
    ("Spectrum twin", twin),
    ("Learn", learn),
    ("Runs", runs),
)


def walk(address: str, pictures: Path | None) -> None:
    """Walk all steps in one tab and print the seconds of each."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=BROWSER_FLAGS)
        page = running.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(60_000)
        visitor, total_s = Visitor(page, address), 0.0
        for number, (name, step) in enumerate(STEPS[: sized(None, 1)], start=1):
            started = time.perf_counter()
            step(visitor)
            took_s = time.perf_counter() - started
            total_s += took_s
            print(f"{number}. {name:14} {took_s:6.1f} s   {step.__doc__}", flush=True)
            if pictures is not None:
                page.screenshot(path=pictures / f"tour-{number}.png")
        print(f"   {'all':14} {total_s:6.1f} s   complaints: {visitor.complaints or 'none'}")
        running.close()


def main() -> None:
    """Walk the tour."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", help="of a dashboard that runs already")
    parser.add_argument("--pictures", type=Path, metavar="DIR")
    options = parser.parse_args()
    print_machine()
    with tempfile.TemporaryDirectory() as folder:
        server = (
            nullcontext(options.address) if options.address else served("dashboard.py", Path(folder), ITNT_LIVE="on")
        )
        with server as address:
            walk(address, options.pictures)


if __name__ == "__main__":
    main()
