"""axe-core on every page, light and dark: no serious and no critical finding."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PAGES = ("Scenario", "Passes", "Optimise", "Runs", "Replay", "Compare", "Spectrum twin", "Learn")
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
    """Pages are reached by their links and change their colours in place, as on a machine that turns dark at dusk."""
    visitor = visit()
    page, found = visitor.page, {}
    visitor.open("/")
    for name in (None, *PAGES):
        if name:
            visitor.follow(name)
            expect(page.get_by_role("heading", level=1)).to_have_text(name)
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            expect(page.locator(".stApp")).to_have_css("color-scheme", colours)
            page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
            lines = grave_findings(page)
            if lines:
                found[name, colours] = lines
    assert found == {}
