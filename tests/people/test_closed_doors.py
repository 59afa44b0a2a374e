"""Every address of a server with a login, walked over as nobody, as somebody else, as the owner, and as a lecturer."""

import json
import re
import shutil
import time
from collections import OrderedDict
from types import SimpleNamespace
from unittest.mock import MagicMock
from urllib.parse import quote

import pytest
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes

from itnt_core.data_folder import home_of
from itnt_core.drafts import DraftStore
from itnt_core.installed import asset
from itnt_core.people import PeopleStore, Shares, keep_passphrase
from itnt_core.person import Person, who_asks
from itnt_core.runs import RunStore, cache_folder
from itnt_core.scenario import read_scenario
from pages.shared import who as known
from pages.shared.gate import CORE_OPEN, OPEN
from pages.shared.who import COOKIE
from tests.browser.serving import serving, stop
from tests.people.visiting import Visitor

PASSPHRASE, SECRET = "london bridge is falling", "Secret of Ada"
PAGES = ["", "Scenario", "Passes", "Optimise", "Runs", "Replay", "Compare", "Spectrum_twin", "Learn", "Calibration"]
PAGES += ["Dispatch", "People", "Shared"]
HTML = {"Accept": "text/html,*/*"}


@pytest.fixture(scope="module")
def class_root(tmp_path_factory, city_cache):
    root = tmp_path_factory.mktemp("class")
    cache_folder(root).symlink_to(city_cache)
    keep_passphrase(root, PASSPHRASE)
    return root


@pytest.fixture(scope="module")
def things(class_root, tiny_scenario):
    """Ada's finished run, her kept scenario, and links to both."""
    people = PeopleStore(class_root)
    ada = people.make("Ada", "owner", "class:ada")
    store = RunStore(class_root, ada.id)
    run_id = store.submit(read_scenario(asset("demo") / "scenario.json"), title=SECRET)
    for file in asset("demo").iterdir():
        shutil.copyfile(file, store.folder(run_id) / file.name)
    kpis = json.dumps(json.loads((asset("demo") / "manifest.json").read_text())["kpis"])
    with store.connection() as connection:
        connection.execute("UPDATE runs SET state = 'done', progress = 1, kpis = ? WHERE id = ?", (kpis, run_id))
    draft = DraftStore(home_of(class_root, ada.id)).begin(tiny_scenario.model_copy(update={"name": SECRET}))
    shares = Shares(people)
    links = [shares.make(ada.id, kind, one, SECRET).token for kind, one in (("run", run_id), ("scenario", draft.id))]
    return SimpleNamespace(people=people, ada=ada, run=run_id, draft=draft.id, links=links, shares=shares)


@pytest.fixture(scope="module")
def address(class_root, things):
    process, address = serving("dashboard.py", class_root, ITNT_PROFILE="server")
    yield address
    stop(process)


@pytest.fixture(scope="module")
def visitors(address, things):
    """Ada, Bob, the lecturer Grace, and nobody; nobody with cookies that are none, too."""
    people = things.people
    who = {"ada": things.ada, "bob": people.make("Bob", "owner", "class:bob")}
    who["grace"] = people.make("Grace", "lecturer", "lecturer:grace")
    found = {name: Visitor(address, f"{COOKIE}={people.log_in(person)}") for name, person in who.items()}
    yield found | {"nobody": Visitor(address), "forger": Visitor(address, f"{COOKIE}={'x' * 43}; _streamlit_user=e30")}
    for visitor in found.values():
        visitor.leave()


def every_address(things):
    """Return every address that Streamlit and this program answer, with a value in each place, and every page."""
    routes = {route.path for route in create_streamlit_routes(MagicMock()) if hasattr(route, "path")}
    filled = {re.sub(r"\{[^}]*\}", "some.bin", path) or "/" for path in routes}
    pages = {f"/{page}" for page in PAGES}
    asked = {f"/Replay?run={things.run}", f"/Scenario?draft={things.draft}", f"/Shared?link={things.links[0]}", "/?s=x"}
    own = {
        "/app/static/gen/some.bin",
        "/app/static/gen/map3d-x/main.js",
        "/app/live/some",
        f"/app/live/run-{things.run}",
    }
    odd = {"//", "//media/x", "/%2e%2e/people.sqlite", "/app/static/gen/..%2f..%2fpeople.sqlite", "/login/", "/loginx"}
    odd |= {"/_stcore/health/", "/passphrases.json", "/static/index.html", "/app/static/people.sqlite"}
    return sorted(filled | pages | asked | own | odd)


def test_strangers_get_no_address_but_the_login(visitors, things):
    addresses = every_address(things)
    assert {"/_stcore/stream", "/media/some.bin", "/_stcore/upload_file/some.bin/some.bin"} <= set(addresses)
    for name in ("nobody", "forger"):
        for path in addresses:
            if path in OPEN:
                continue
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
                answer = visitors[name].ask(path, method)
                assert answer.status == 401, (name, method, path, answer.status)
                assert SECRET.encode() not in answer.body
            led = visitors[name].ask(path, **HTML)
            assert led.status == 303 and led.headers["location"].startswith("/login?next=%2F"), path
        assert not visitors[name].is_let_in()


def test_what_is_open_to_strangers_tells_nothing(visitors):
    for path in OPEN:
        answer = visitors["nobody"].ask(path, **HTML)
        assert answer.status in (200, 302, 303, 400), path
        assert b"Ada" not in answer.body and SECRET.encode() not in answer.body
        assert answer.headers.get("location", "/").startswith(("/", "http://127.0.0.1"))


def test_nobody_is_led_to_another_server(visitors, things):
    for wanted in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/a\nb",
    ):
        assert visitors["ada"].ask(f"/login?next={quote(wanted)}").headers["location"] == "/"
    assert visitors["ada"].ask("/login?next=/Runs%3Fx=1").headers["location"] == "/Runs?x=1"


def test_files_of_a_page_open_to_its_person_alone(visitors, things):
    seen = visitors["ada"].open("Replay", f"run={things.run}")
    assert SECRET.encode() in seen.content
    data = [one for one in seen.addresses if one.startswith("/app/static/gen/") and one.endswith(".bin")]
    assert len(data) >= 2
    for path in data:
        answers = {who: visitor.ask(path).status for who, visitor in visitors.items()}
        assert answers == {"ada": 200, "bob": 404, "grace": 404, "nobody": 401, "forger": 401}, path
    seal, name = data[0].split("/")[-2:]
    for path in (name, f"{'0' * 32}/{name}", f"{seal}/../{name}", f"{seal}/{seal}/{name}"):
        assert visitors["bob"].ask(f"/app/static/gen/{path}").status in (400, 404)  # dots: not even a path
        if not path.startswith(seal):
            assert visitors["ada"].ask(f"/app/static/gen/{path}").status == 404
    code = [one for one in seen.addresses if one.endswith(".js")]
    assert code and visitors["bob"].ask(code[0]).status == 200  # the program is no secret


def test_a_file_that_a_page_hands_out_is_open_to_those_for_whom_it_was_made(monkeypatch):
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(known, "get_instance", lambda: SimpleNamespace(media_file_mgr=manager))
    monkeypatch.setattr(known, "_sessions", {"hers": "ada", "his": "bob"})
    monkeypatch.setattr(known, "_files", OrderedDict())
    known.watch_files.cache_clear()
    known.watch_files()
    asked = []

    def report():
        asked.append(who_asks().id)
        return b"her report"

    for session, data in (("hers", b"hers"), ("hers", b"of both"), ("his", b"of both"), ("nobody's", b"nobody's")):
        context = SimpleNamespace(session_id=session)
        monkeypatch.setattr(known, "get_script_run_ctx", lambda context=context, **_: context)
        monkeypatch.setattr(media_file_manager, "_get_session_id", lambda session=session: session)
        manager.add(data, "text/plain", f"at-{data}")
        if data == b"hers":
            later = manager.add_deferred(report, "text/html", "at-later", "report.html")
    made = manager.execute_deferred(later)
    assert asked == ["ada"]  # what is made at the click is made for whose page it is on
    found = {manager._storage.get_file(one).content: manager._storage.get_url(one) for one in manager._file_metadata}
    assert found[b"her report"] == made
    ada, bob = Person("ada"), Person("bob")
    opens = {content: [known.is_file_of(url, one) for one in (ada, bob)] for content, url in found.items()}
    assert opens.pop(b"nobody's") == [False, False]
    assert opens == {b"hers": [True, False], b"of both": [True, True], b"her report": [True, False]}
    assert not known.is_file_of("/media/", ada) and not known.is_file_of("/media/../x", ada)
    known.watch_files.cache_clear()


def test_a_run_that_is_followed_live_shows_itself_to_its_owner_alone(visitors, things):
    answers = {who: visitor.ask(f"/app/live/run-{things.run}").status for who, visitor in visitors.items()}
    assert answers == {"ada": 200, "bob": 404, "grace": 404, "nobody": 401, "forger": 401}


def test_a_session_is_its_persons_and_takes_files_from_nobody_else(visitors):
    session = visitors["ada"].open().session
    upload = f"/_stcore/upload_file/{session}/some-file"
    visitors["ada"].leave()
    for who in ("bob", "grace", "nobody", "forger"):
        assert not visitors[who].is_let_in(session), who
        for method in ("PUT", "DELETE", "OPTIONS", "GET"):
            assert visitors[who].ask(upload, method).status in (401, 404), (who, method)
    assert visitors["ada"].ask(upload, "OPTIONS").status in (200, 204)
    assert visitors["ada"].is_let_in(session)


@pytest.mark.parametrize("who", ["bob", "grace"])
def test_no_page_shows_somebody_elses_things_under_a_guessed_id(visitors, things, who):
    for page, query in (
        ("Replay", f"run={things.run}"),
        ("Compare", f"runs={things.run}"),
        ("", f"mode=replay&run={things.run}"),
        ("Scenario", f"draft={things.draft}"),
        ("Runs", ""),
        ("Optimise", f"draft={things.draft}"),
        ("Shared", f"link={'x' * 22}"),
    ):
        seen = visitors[who].open(page, query)
        assert SECRET.encode() not in seen.content, (who, page)


def test_the_owner_finds_their_own_under_the_same_addresses(visitors, things):
    for page, query in (("Replay", f"run={things.run}"), ("Scenario", f"draft={things.draft}"), ("Runs", "")):
        assert SECRET.encode() in visitors["ada"].open(page, query).content, page


def test_only_lecturers_see_people_and_what_they_have_made(visitors):
    assert SECRET.encode() in visitors["grace"].open("People").content
    seen = visitors["bob"].open("People").content
    assert b"for lecturers" in seen and b"Grace" not in seen and SECRET.encode() not in seen
    answers = {who: visitor.ask("/_stcore/metrics").status for who, visitor in visitors.items()}
    assert answers == {"ada": 404, "bob": 404, "grace": 200, "nobody": 401, "forger": 401}
    for path in sorted({route.path for route in create_streamlit_routes(MagicMock()) if hasattr(route, "path")}):
        if path.startswith("/_stcore/") and "{" not in path and path not in CORE_OPEN:
            assert visitors["grace"].ask(path).status == 404, path  # what is not needed is not there


def test_a_link_shows_what_it_names_until_it_is_withdrawn(visitors, things):
    for link in things.links:
        assert SECRET.encode() in visitors["bob"].open("Shared", f"link={link}").content
        things.shares.withdraw(things.ada.id, link)
        seen = visitors["bob"].open("Shared", f"link={link}").content
        assert b"leads nowhere" in seen and SECRET.encode() not in seen


def test_the_form_lets_in_slows_down_and_lets_out(address):
    guest, form = Visitor(address), {"Content-Type": "application/x-www-form-urlencoded"}
    foreign = guest.ask("/login", "POST", f"name=Eve&passphrase={PASSPHRASE}", **form, Origin="https://evil.example")
    assert foreign.status == 403 and "set-cookie" not in foreign.headers
    assert guest.ask("/login", "POST", "name=" + "x" * 10_000, **form).status == 413
    asked = f"name=<b>Eve</b>&passphrase={PASSPHRASE}&next=/Runs".replace(" ", "+")
    let_in = guest.ask("/login", "POST", asked, **form, Origin=f"http://{guest.host}")
    assert let_in.status == 303 and let_in.headers["location"] == "/Runs"
    cookie = let_in.headers["set-cookie"]
    assert "httponly" in cookie.lower() and "samesite=lax" in cookie.lower() and "Secure" not in cookie
    eve = Visitor(address, cookie.partition(";")[0])
    seen = eve.open("Runs")
    assert b"\\<b\\>Eve" in seen.content and b"<b>Eve" not in seen.content  # names are shown literally
    secure = guest.ask("/login", "POST", asked.replace("Eve", "Eva"), **form, **{"X-Forwarded-Proto": "https"})
    assert "Secure" in secure.headers["set-cookie"]
    assert eve.ask("/logout", **{"Sec-Fetch-Site": "cross-site"}).status == 200  # a foreign link only asks
    assert eve.ask("/Runs", **HTML).status == 200
    assert eve.ask("/logout", **{"Sec-Fetch-Site": "same-origin"}).headers["location"] == "/login"
    assert eve.is_shown_out() and eve.ask("/Runs").status == 401
    wrong = []
    while len(wrong) < 30 and (not wrong or wrong[-1].status == 403):  # each doubles the wait, however slow the machine
        wrong.append(guest.ask("/login", "POST", "name=Eve&passphrase=guess", **form))
    assert [answer.status for answer in wrong] == [403] * (len(wrong) - 1) + [429] and len(wrong) > 5
    assert int(wrong[-1].headers["retry-after"]) > 0 and b"Too many wrong tries" in wrong[-1].body


def test_whoever_is_shut_out_is_out(visitors, things, address):
    mallory = things.people.make("Mallory", "owner", "class:mallory")
    visitor = Visitor(address, f"{COOKIE}={things.people.log_in(mallory)}")
    assert visitor.ask("/Runs", **HTML).status == 200
    visitor.open("Runs")
    things.people.remove(mallory.id)
    time.sleep(5.5)  # for so long a login is known without a look
    assert visitor.is_shown_out() and visitor.ask("/Runs").status == 401 and not visitor.is_let_in()
