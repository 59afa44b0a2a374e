"""axe-core on every page, light and dark: no serious and no critical finding."""

from axe_playwright_python.sync_playwright import Axe
from every_page import PAGES
from playwright.sync_api import expect

TABLES = {"Build": "Settings", "Replay": "Users", "Compare": "Figures"}  # opened in the drawer
GRAVE = ("serious", "critical")


def grave_findings(page):
    """Return what axe-core finds serious or critical, a line per element."""
    found = Axe().run(page).response["violations"]
    return [
        f"{finding['id']} ({finding['impact']}): {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for finding in found
        if finding["impact"] in GRAVE
        for node in finding["nodes"]
    ]


def test_axe_finds_nothing_serious_on_any_page_light_or_dark(visit, tiny_run):
    """Modes and pages are reached by the bar and turn dark in place, as on a machine that does so at dusk.

    In the modes a table is open; in Build what lies behind the scenario's name, too.
    """
    visitor = visit(still=True)
    page, found = visitor.page, {}
    visitor.open("/")
    for name in (None, *PAGES):
        if name:
            visitor.go(name)
        if name in TABLES:
            visitor.table(TABLES[name])
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            expect(page.locator(".stApp")).to_have_css("color-scheme", colours)
            page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
            if name == "Build" and colours == "dark":
                visitor.scenario_menu("Examples")
            lines = grave_findings(page)
            if lines:
                found[name, colours] = lines
        page.keyboard.press("Escape")
    assert found == {}
