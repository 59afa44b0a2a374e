"""The real app in a real browser: one server and one Chromium for the session."""

import contextlib
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright
from serving import served
from visitor import BROWSER_FLAGS, Visitor, chromium, new_context


def pytest_collection_modifyitems(items):
    """Keep all browser tests in one process: they share one server and one Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep a picture of every open tab of a test that fails, while the tabs are still there."""
    report = yield
    if report.when == "call" and report.failed:
        for number, visitor in enumerate(getattr(item, "visitors", ())):
            with contextlib.suppress(PlaywrightError):
                visitor.picture(f"failed-{item.name}-{number}")
    return report


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory):
    """Return the server's data folder, empty at first."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def server(data_folder):
    """Start `streamlit run dashboard.py` on a free port with an empty data folder; yield its address."""
    with served("dashboard.py", data_folder) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """Start Chromium once; skip only when this machine has none."""
    executable = chromium()
    if executable is None:
        pytest.skip("No Chromium on this machine: set CHROMIUM or run `make test`, which installs one.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=BROWSER_FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def contexts(browser):
    """Keep one profile per kind of window: its tabs share the cache of files, as a visitor's do who comes again."""
    return {}


@pytest.fixture
def visit(browser, contexts, server, request):
    """Return a function that opens a tab; everything it complained about fails the test.

    Every tab is a session of its own; ``stranger=True`` opens it in a profile of its own, too.
    """
    visitors, strangers = [], []
    request.node.visitors = visitors

    def arrive(*, stranger=False, **window):
        kind = tuple(sorted(window.items()))
        if stranger:
            strangers.append(new_context(browser, **window))
        elif kind not in contexts:
            contexts[kind] = new_context(browser, **window)
        visitors.append(Visitor(strangers[-1] if stranger else contexts[kind], server))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.page.close()
    for context in strangers:
        context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
