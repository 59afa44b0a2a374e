"""The real app in a real browser: one server and one Chromium for the session."""

import contextlib

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect, sync_playwright
from serving import served
from visitor import ARTIFACTS, BROWSER_FLAGS, PATIENCE_S, Profile, Visitor, chromium

from itnt_core.methods import optimise
from itnt_core.presets import preset
from itnt_core.results import save_result
from itnt_core.runs import RunStore, cache_folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep a picture of every open tab of a test that fails, while the tabs are still there."""
    report = yield
    item.failed = report.failed
    if report.when == "call" and report.failed:
        for number, visitor in enumerate(getattr(item, "visitors", ())):
            with contextlib.suppress(PlaywrightError):
                visitor.picture(f"failed-{item.name}-{number}")
    return report


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory, city_cache):
    """Return the server's data folder: at first it holds nothing but the cities of all."""
    folder = tmp_path_factory.mktemp("data")
    cache_folder(folder).symlink_to(city_cache)
    return folder


@pytest.fixture(scope="session")
def server(data_folder):
    """Start `streamlit run dashboard.py` on a free port with a data folder of its own; yield its address."""
    with served("dashboard.py", data_folder) as address:
        yield address


@pytest.fixture(scope="session")
def tiny_run(data_folder):
    """Return id and result of a finished run of the smallest preset in the server's store."""
    ARTIFACTS.mkdir(exist_ok=True)
    store = RunStore(data_folder)
    run_id = store.submit(preset("tiny"))
    result = optimise(preset("tiny"), cache_dir=cache_folder(data_folder))
    save_result(store.folder(run_id), result)
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', progress = 1 WHERE id = ?", (run_id,))
    return run_id, result


@pytest.fixture(scope="session")
def browser():
    """Start Chromium once; skip only when this machine has none."""
    executable = chromium()
    if executable is None:
        pytest.skip("No Chromium on this machine: set CHROMIUM or run `make test`, which installs one.")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_S * 1000)
        running = playwright.chromium.launch(executable_path=executable, args=BROWSER_FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def profiles(browser):
    """Return two profiles, the visitor's own and a stranger's; each keeps its cache of files, as on any computer."""
    return {stranger: Profile(browser) for stranger in (False, True)}


@pytest.fixture
def visit(profiles, server, request):
    """Return a function that opens the app in a tab; everything it complained about fails the test.

    Every tab is a session of its own; ``stranger=True`` opens it in the other profile.
    """
    visitors, tabs = [], []
    request.node.visitors = visitors

    def arrive(*, stranger=False, **window):
        page = profiles[stranger].tab(**window)
        tabs.append((profiles[stranger], page))
        visitors.append(Visitor(page, server))
        return visitors[-1]

    yield arrive
    if request.node.failed:
        for _, page in tabs:
            page.close()  # whatever state it is in
        return
    for visitor in visitors:
        visitor.leave()
    for profile, page in tabs:
        profile.take_back(page, server)
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
