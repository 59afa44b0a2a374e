"""axe-core on every page, light and dark: no serious and no critical finding."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = ("/", "/Scenario", "/Passes", "/Optimise", "/Runs", "/Replay", "/Compare", "/Spectrum_twin", "/Learn")
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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(visit, tiny_run, dark):
    visitor = visit(dark=dark)
    found = {}
    for path in PAGES:
        visitor.open(path)
        visitor.page.locator("h1").first.wait_for()
        visitor.page.locator('[data-test-script-state="notRunning"]').wait_for(state="attached")
        lines = grave_findings(visitor.page)
        if lines:
            found[path] = lines
    assert found == {}
