"""A browser tab that notes what must never happen, and the browser it runs in."""

import contextlib
import os
import re
import shutil
import time

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect
from serving import ROOT

ARTIFACTS = ROOT / "tests" / "artifacts"
BROWSER_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_S = 120  # for anything that is to appear: a slow machine runs two browsers, two servers and their runs
# Streamlit asks for these two relative to a deep link before it finds its base path; it has done so for years.
STREAMLIT_PROBES = re.compile(r"/_stcore/(health|host-config)")
LOCAL = re.compile("(file|data|blob):")
ON_THE_MAP = (
    ":is(.st-key-figures, .st-key-messages, .st-key-side, .st-key-side-open, .st-key-foot, .st-key-drawer, "
    ".st-key-notice), .stToast {visibility: hidden !important;}"
)
# Pictures come a dozen times a second instead of as often as can be: software draws them, which takes a whole core.
FEWER_FRAMES = """{
  const { requestAnimationFrame: ask, cancelAnimationFrame: drop } = globalThis;
  const asked = new Map();
  let last = 0;
  globalThis.requestAnimationFrame = work => {
    const number = ++last;
    const wait = setTimeout(() => asked.set(number, [drop, ask(now => { asked.delete(number); work(now); })]), 60);
    asked.set(number, [clearTimeout, wait]);
    return number;
  };
  globalThis.cancelAnimationFrame = number => {
    const [end, handle] = asked.get(number) ?? [];
    end?.(handle);
    asked.delete(number);
  };
}"""
MAP = """selector => {
  const roots = [document, ...[...document.querySelectorAll("*")].map(node => node.shadowRoot).filter(Boolean)];
  const maps = roots.flatMap(root => [...root.querySelectorAll(selector)]);
  return maps.length ? {...maps[0].dataset} : null;
}"""


def chromium() -> str | None:
    """Return the browser to use: CHROMIUM, a common place, or what the path holds."""
    names = [os.environ.get("CHROMIUM"), "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def until(sign, act):
    """Act, as often as people do where nothing follows: what is under the hand may be drawn anew just then."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        waits_ms = 1_000  # where nothing was done nothing follows
        with contextlib.suppress(PlaywrightTimeout):
            act()
            waits_ms = 20_000
        with contextlib.suppress(PlaywrightTimeout):
            return sign.wait_for(timeout=waits_ms)
    return pytest.fail(f"There is no {sign} whatever one does.")


class Profile:
    """A browser profile whose tabs are used again: opening a page in a new tab costs twice as much time."""

    def __init__(self, browser, *, few_frames=False, **options):
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE_S * 1000)
        if few_frames:
            self.context.add_init_script(FEWER_FRAMES)
        self.free = []

    def tab(self, width=1280, height=640, dark=False, still=False):
        """Return an empty tab of this size and colour scheme; in a ``still`` one nothing plays by itself.

        Software draws pictures here: a map that plays takes more than all that is tested beside it.
        """
        page = self.free.pop() if self.free else self.context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        motion = "reduce" if still else "no-preference"
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion=motion)
        return page

    def take_back(self, page, address):
        """Leave the app and forget what it kept in the browser, but for the cache of files; close a tab that hangs."""
        try:
            page.goto(f"{address}/_stcore/health")
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            self.free.append(page)
        except PlaywrightError:
            page.close()


@contextlib.contextmanager
def without_network(profile, **window):
    """Open a tab that can reach nothing, and complain about everything that it tries."""
    page, complaints = profile.tab(**window), []
    ears = {
        "console": lambda message: complaints.append(message.text) if message.type == "error" else None,
        "pageerror": lambda error: complaints.append(str(error)),
        "request": lambda request: None if LOCAL.match(request.url) else complaints.append(request.url),
    }
    for event, ear in ears.items():
        page.on(event, ear)
    yield page
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    for event, ear in ears.items():
        page.remove_listener(event, ear)
    page.goto("about:blank")
    profile.free.append(page)
    assert complaints == []


class Visitor:
    """Somebody at a browser tab who notes what must never happen: requests to other hosts, console and page errors."""

    def __init__(self, page, address):
        page.set_default_timeout(PATIENCE_S * 1000)
        self.page = page
        self.address = address
        self.complaints = []
        self._ears = {"request": self._request, "console": self._console, "pageerror": self._page_error}
        for event, ear in self._ears.items():
            page.on(event, ear)

    def leave(self):
        """Stop listening, once everything that was said so far is heard."""
        self.page.locator("body").wait_for(state="attached")
        for event, ear in self._ears.items():
            self.page.remove_listener(event, ear)

    def _request(self, request):
        if not request.url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")

    def _console(self, message):
        if message.type == "error" and not STREAMLIT_PROBES.search(str(message.location.get("url", ""))):
            self.complaints.append(f"console: {message.text}")

    def _page_error(self, error):
        self.complaints.append(f"page error: {error}")

    def map_state(self, selector=".map3d"):
        """Return the data attributes of the map, None while there is none."""
        return self.page.evaluate(MAP, selector)

    def wait_for_map(self, condition, seconds=PATIENCE_S):
        """Wait until a JavaScript condition on the map's data attributes `map` holds; return them."""
        script = f"() => {{ const map = ({MAP})('.map3d'); return map && ({condition}) ? map : false; }}"
        return self.page.wait_for_function(script, timeout=seconds * 1000, polling=200).json_value()

    def open(self, path="/"):
        """Go to a page by its address."""
        self.page.goto(self.address + path)

    def follow(self, name, nth=0):
        """Go to a page by a link, as people do."""
        self.page.get_by_role("link", name=name, exact=True).nth(nth).click()

    def switch(self, mode):
        """Go to a mode of the workspace, as people do: in place, without a load of the page."""
        self.page.locator(".st-key-bar").get_by_role("radio", name=mode, exact=True).click()

    def go(self, name):
        """Go to a mode or to another page by the bar, from wherever one is; wait until it is there."""
        bar, exact = self.page.locator(".st-key-bar"), {"name": name, "exact": True}
        bar.get_by_role("radio", **exact).or_(bar.get_by_role("link", **exact)).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    def unfold(self, title):
        """Unfold a part of a panel and wait until it is wholly there.

        A click on what is not in view yet moves it within the part that still grows, and goes astray.
        """
        summary = self.page.locator("summary").filter(has_text=title)  # a part may hold others
        part = summary.locator("..")
        until(part.and_(self.page.locator("[open]")), lambda: summary.click(timeout=20_000))
        self.page.wait_for_function("part => part.scrollHeight <= part.clientHeight", arg=part.element_handle())

    def table(self, name):
        """Open or close a table in the drawer of the workspace."""
        self.page.locator(".st-key-foot").get_by_role("radio", name=name, exact=True).click()

    def scenario_menu(self, part):
        """Open a part of what lies behind the scenario's name: Recent, Examples, Files."""
        self.page.locator(".st-key-bar-scenario").get_by_role("button").click()
        self.page.get_by_role("tab", name=part, exact=True).click()

    def resize(self, width, height, *, dark):
        """Give the tab another size and colour scheme, in place, as people do; wait until the app has the colours."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        expect(self.page.locator(".stApp")).to_have_css("color-scheme", "dark" if dark else "light")

    def choose(self, tool):
        """Press a button of the map's tool bar."""
        self.page.get_by_role("button", name=tool, exact=True).click()

    def drag_map(self, start, end):
        """Drag from one share of the map's width and height to another."""
        box = self.map_box()
        for step, (east, down) in enumerate([start, start, end, end]):
            self.page.mouse.move(box["x"] + box["width"] * east, box["y"] + box["height"] * down)
            if step == 0:
                self.page.mouse.down()
        self.page.mouse.up()

    def click_map(self, *places):
        """Click the map at one or more shares of its width and height, as quickly as can be."""
        box = self.map_box()
        for east_share, down_share in places:
            self.page.mouse.click(box["x"] + box["width"] * east_share, box["y"] + box["height"] * down_share)

    def map_box(self):
        """Return where the map is, once the page around it no longer moves it."""
        before = None
        for _ in range(10 * PATIENCE_S):
            box = self.page.locator(".stage").bounding_box()
            if box and box == before:
                return box
            before = box
            self.page.wait_for_timeout(100)
        raise AssertionError("the map never stood still")

    def picture(self, name):
        """Keep a screenshot as an artefact and return its bytes."""
        ARTIFACTS.mkdir(exist_ok=True)
        return self.page.screenshot(path=ARTIFACTS / f"{name}.png")

    def map_picture(self):
        """Return the pixels of the map and its own tools, without the panels that the workspace lays on it."""
        return self.page.locator(".box").screenshot(style=ON_THE_MAP)
