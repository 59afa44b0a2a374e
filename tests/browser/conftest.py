"""The real app in a real browser: one server and one Chromium for the session."""

import contextlib
import json

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect, sync_playwright
from serving import free_port, served
from visitor import ARTIFACTS, BROWSER_FLAGS, LOCAL, PATIENCE_S, Profile, Visitor, chromium

from itnt_core.methods import optimise
from itnt_core.presets import preset
from itnt_core.results import write_result
from itnt_core.runs import RunStore, cache_folder
from tests.city.made_files import box, features


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
def spare_port():
    """Return the port of servers that follow each other: a browser has kept and compiled what the next one serves."""
    return free_port()


@pytest.fixture(scope="session")
def tiny_run(data_folder):
    """Return id and result of a finished run of the smallest preset in the server's store."""
    ARTIFACTS.mkdir(exist_ok=True)
    store = RunStore(data_folder)
    run_id = store.submit(preset("tiny"))
    result = optimise(preset("tiny"), cache_dir=cache_folder(data_folder))
    write_result(store.folder(run_id), result)
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', progress = 1 WHERE id = ?", (run_id,))
    return run_id, result


@pytest.fixture(scope="session")
def two_runs(data_folder):
    """Return the ids of two finished runs of the smallest preset; the second has fewer and longer slots."""
    ARTIFACTS.mkdir(exist_ok=True)
    store, cache = RunStore(data_folder), cache_folder(data_folder)
    tiny = preset("tiny", cache_dir=cache)
    slower = tiny.model_copy(update={"time": tiny.time.model_copy(update={"slots": 3, "slot_s": 4.0})})
    ids = []
    for scenario, title in ((tiny, "Quick slots"), (slower, "Slow slots <b>x</b>")):
        result = optimise(scenario, cache_dir=cache)
        ids.append(store.submit(scenario, title=title))
        write_result(store.folder(ids[-1]), result)
        with store.connection() as connection:
            connection.execute(
                "UPDATE runs SET state = 'done', progress = 1, kpis = ? WHERE id = ?",
                (json.dumps(result.kpis), ids[-1]),
            )
    return ids


@pytest.fixture
def map_file(tmp_path):
    """Return 80 houses, one without a height, one crossing itself, one of them twice, and a tree."""
    houses = [(box(0.0006 * i, 0.0004 * j), {"height": f"{8 + i + j} m"}) for i in range(9) for j in range(9)]
    houses[3] = (houses[3][0], {"name": "no height"})
    ring = houses[5][0]
    houses[5] = ([ring[0], ring[2], ring[1], ring[3], ring[0]], {"height": "80 ft"})
    tree = ({"type": "Point", "coordinates": ring[0]}, {})
    path = tmp_path / "houses of mine.geojson"
    path.write_text(features(*houses, houses[10], tree))
    return path


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
    return {stranger: Profile(browser, few_frames=True) for stranger in (False, True)}


@pytest.fixture(scope="session")
def unconnected(browser):
    """Return a profile that can reach nothing."""
    profile = Profile(browser, few_frames=True, offline=True)
    profile.context.route("**", lambda route: route.continue_() if LOCAL.match(route.request.url) else route.abort())
    yield profile
    profile.context.close()


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
