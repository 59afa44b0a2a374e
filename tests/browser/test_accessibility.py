"""axe-core on every page, light and dark: no serious and no critical finding."""

from axe_playwright_python.base import AXE_SCRIPT
from every_page import PAGES
from playwright.sync_api import expect

TABLES = {"Build": "Settings", "Replay": "Users", "Compare": "Figures"}  # opened in the drawer
GRAVE = ("serious", "critical")
# Style sheets are read beforehand only for two rules, of which one is off and the other never grave.
VIOLATIONS = "axe.run({ resultTypes: ['violations'], preload: false }).then(results => results.violations)"


def grave_findings(page):
    """Return what axe-core finds serious or critical, a line per element.

    A page gets axe-core once: what the browser has compiled of it is used again.
    """
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(VIOLATIONS)
    return [
        f"{finding['id']} ({finding['impact']}): {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for finding in found
        if finding["impact"] in GRAVE
        for node in finding["nodes"]
    ]


def test_axe_finds_nothing_serious_on_any_page_light_or_dark(visit, tiny_run):
    """Modes and pages are reached by the bar and turn dark or light in place, as on a machine that does so at dusk.

    Each page is looked at first in the colours of the one before, for to turn is to draw everything anew.
    In the modes a table is open; in Build, in the dark, what lies behind the scenario's name, too.
    """
    visitor = visit(still=True, dark=True)
    page, found, schemes = visitor.page, {}, ["dark", "light"]
    visitor.open("/")
    for name in (None, *PAGES):
        if name:
            visitor.go(name)
        if name in TABLES:
            visitor.table(TABLES[name])
        for colours in schemes:
            page.emulate_media(color_scheme=colours)
            expect(page.locator(".stApp")).to_have_css("color-scheme", colours)
            page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
            if name == "Build" and colours == "dark":
                visitor.scenario_menu("Examples")
            lines = grave_findings(page)
            if lines:
                found[name, colours] = lines
        schemes.reverse()
        page.keyboard.press("Escape")
    assert found == {}
