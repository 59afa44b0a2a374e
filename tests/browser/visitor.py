"""A browser tab that notes what must never happen, and the browser it runs in."""

import os
import re
import shutil

from serving import ROOT

ARTIFACTS = ROOT / "tests" / "artifacts"
BROWSER_FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--disable-background-networking", "--no-first-run", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
# Streamlit asks for these two relative to a deep link before it finds its base path; it has done so for years.
STREAMLIT_PROBES = re.compile(r"/_stcore/(health|host-config)")
MAP = """selector => {
  const roots = [document, ...[...document.querySelectorAll("*")].map(node => node.shadowRoot).filter(Boolean)];
  const maps = roots.flatMap(root => [...root.querySelectorAll(selector)]);
  return maps.length ? {...maps[0].dataset} : null;
}"""


def chromium() -> str | None:
    """Return the browser to use: CHROMIUM, a common place, or what the path holds."""
    names = [os.environ.get("CHROMIUM"), "/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def new_context(browser, *, width=1280, height=1400, dark=False):
    """Return a browser profile of its own, with a window of this size."""
    scheme = "dark" if dark else "light"
    return browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)


class Visitor:
    """One browser tab that notes what must never happen: requests to other hosts, console errors, page errors."""

    def __init__(self, context, address):
        self.page = context.new_page()
        self.address = address
        self.complaints = []
        self.page.on("request", self._request)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))

    def _request(self, request):
        if not request.url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")

    def _console(self, message):
        if message.type == "error" and not STREAMLIT_PROBES.search(str(message.location.get("url", ""))):
            self.complaints.append(f"console: {message.text}")

    def map_state(self, selector=".map3d"):
        """Return the data attributes of the map, None while there is none."""
        return self.page.evaluate(MAP, selector)

    def wait_for_map(self, condition, seconds=90):
        """Wait until a JavaScript condition on the map's data attributes `map` holds; return them."""
        script = f"() => {{ const map = ({MAP})('.map3d'); return map && ({condition}) ? map : false; }}"
        return self.page.wait_for_function(script, timeout=seconds * 1000, polling=200).json_value()

    def open(self, path="/"):
        """Go to a page by its address."""
        self.page.goto(self.address + path)

    def follow(self, name, nth=0):
        """Go to a page by a link, as people do."""
        self.page.get_by_role("link", name=name, exact=True).nth(nth).click(timeout=60_000)

    def choose(self, tool):
        """Press a button of the map's tool bar."""
        self.page.get_by_role("button", name=tool, exact=True).click()

    def drag_map(self, start, end):
        """Drag from one share of the map's width and height to another."""
        box = self.page.locator(".stage").bounding_box()
        for step, (east, down) in enumerate([start, start, end, end]):
            self.page.mouse.move(box["x"] + box["width"] * east, box["y"] + box["height"] * down)
            if step == 0:
                self.page.mouse.down()
        self.page.mouse.up()

    def click_map(self, east_share, down_share):
        """Click the map at a share of its width and height."""
        box = self.page.locator(".stage").bounding_box()
        self.page.mouse.click(box["x"] + box["width"] * east_share, box["y"] + box["height"] * down_share)

    def picture(self, name):
        """Keep a screenshot as an artefact and return its bytes."""
        ARTIFACTS.mkdir(exist_ok=True)
        return self.page.screenshot(path=ARTIFACTS / f"{name}.png")

    def map_picture(self):
        """Return the pixels of the map."""
        return self.page.locator(".box").screenshot(timeout=60_000)
