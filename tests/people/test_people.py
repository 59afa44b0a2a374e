"""Coming into a classroom, codes, logins that end, waiting after wrong tries, and links that are withdrawn."""

import json
import shutil
import stat
from functools import partial

import argon2
import pytest

from itnt_core.city import library_folder, list_cities
from itnt_core.data_folder import cache_folder, home_of
from itnt_core.drafts import DraftError, DraftStore
from itnt_core.installed import asset
from itnt_core.people import (
    PASSPHRASE_FILE,
    GuessLimit,
    PassphraseError,
    PeopleError,
    PeopleStore,
    ShareError,
    Shares,
    copy_draft,
    copy_run,
    enter_class,
    has_passphrase,
    keep_passphrase,
    person_of_provider,
    role_of_passphrase,
    seen_draft,
    seen_runs,
)
from itnt_core.person import NobodyError
from itnt_core.runs import RunStateError, RunStore, StoreError, UnknownRunError

STUDENTS, LECTURERS = "london bridge is falling", "only for those who teach"


def finished_run(store, scenario):
    """Put the recorded result into a store as a finished run and return its id."""
    run_id = store.submit(scenario)
    for file in asset("demo").iterdir():
        shutil.copyfile(file, store.folder(run_id) / file.name)
    (store.folder(run_id) / "log.txt").write_text("of this machine")
    kpis = json.loads((asset("demo") / "manifest.json").read_text())["kpis"]
    with store.connection() as connection:
        done = "UPDATE runs SET state = 'done', progress = 1, kpis = ? WHERE id = ?"
        connection.execute(done, (json.dumps(kpis), run_id))
    return run_id


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def keep_both(root):
    keep_passphrase(root, STUDENTS)
    keep_passphrase(root, LECTURERS, "lecturer")
    return root / PASSPHRASE_FILE


@pytest.fixture(scope="module")
def quickly_hashed(tmp_path_factory):
    """The passphrase file of hashes that are quick to compare with: what they take is written in them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argon2, "PasswordHasher", partial(argon2.PasswordHasher, time_cost=1, memory_cost=64))
        return keep_both(tmp_path_factory.mktemp("passphrases"))


@pytest.fixture
def root(tmp_path, quickly_hashed):
    (tmp_path / PASSPHRASE_FILE).write_bytes(quickly_hashed.read_bytes())
    return tmp_path


@pytest.fixture
def enter(root):
    pace = GuessLimit(Clock())
    return lambda name, passphrase=STUDENTS, code="", address="10.0.0.1": enter_class(
        root, name, passphrase, code, address, pace
    )


def test_a_passphrase_is_kept_as_a_slow_hash_in_a_private_file(tmp_path):
    hashed = keep_both(tmp_path)
    text = hashed.read_text()
    assert STUDENTS not in text and text.count("$argon2id$") == 2
    assert stat.S_IMODE(hashed.stat().st_mode) == 0o600
    assert role_of_passphrase(hashed.parent, STUDENTS) == "owner"
    assert role_of_passphrase(hashed.parent, LECTURERS) == "lecturer"


def test_a_wrong_passphrase_opens_nothing(root):
    for wrong in ("", STUDENTS + " ", STUDENTS.upper(), "x" * 10**6, "\0"):
        assert role_of_passphrase(root, wrong) is None


def test_a_passphrase_that_is_short_or_that_of_the_others_is_refused(root):
    with pytest.raises(PassphraseError, match="11 characters, but 12 to 200"):
        keep_passphrase(root, "a" * 11)
    with pytest.raises(PassphraseError, match="that of the others already"):
        keep_passphrase(root, STUDENTS, "lecturer")


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"owner": 7}', '{"owner": "$argon2id$nonsense"}', "[" * 20000])
def test_a_damaged_file_of_passphrases_lets_nobody_in(tmp_path, damage):
    (tmp_path / PASSPHRASE_FILE).write_text(damage)
    try:
        assert role_of_passphrase(tmp_path, "") is None and role_of_passphrase(tmp_path, "7") is None
    except PassphraseError as error:
        assert "anew" in str(error)
    (tmp_path / PASSPHRASE_FILE).unlink()
    assert not has_passphrase(tmp_path) and role_of_passphrase(tmp_path, "anything at all") is None


def test_whoever_comes_first_is_that_person_and_comes_back_by_code(root, enter):
    ada = enter("Ada")
    people = PeopleStore(root)
    assert ada.person.role == "owner" and people.logged_in(ada.token) == ada.person
    for name in ("Ada", " ada ", "\uff21da"):  # the last in full width
        again = enter(name, address=name)
        assert again.person is None and again.token == "" and "already somebody" in again.sentence
    code = people.new_code(ada.person)
    assert enter("ada", code=code.upper()).person == ada.person
    older, code = code, people.new_code(ada.person)
    assert enter("ada", code=older, address="10.0.0.9").person is None
    assert enter("Bob", code=code).person.id != ada.person.id  # a code is no way to be somebody of another name


def test_the_second_passphrase_makes_a_lecturer_and_no_name_does(enter):
    assert enter("Grace", LECTURERS).person.role == "lecturer"
    assert enter("lecturer:Grace").person.role == "owner"
    assert enter("Grace").person.role == "owner"  # a student of the same name is another person


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "Ada\u202egrace", "A\0da", "Ad\u200bma"])
def test_names_that_hide_something_are_refused(enter, name):
    found = enter(name)
    assert found.person is None and found.sentence.startswith("The name")


def test_a_login_ends_when_it_is_withdrawn_or_old_or_its_person_is_shut_out(root, enter, monkeypatch):
    people, ada, bob = PeopleStore(root), enter("Ada"), enter("Bob")
    for wrong in ("", "x", ada.token[:-1], ada.token + "'", "\ud800"):
        assert people.logged_in(wrong) is None
    people.log_out(ada.token)
    assert people.logged_in(ada.token) is None and people.logged_in(bob.token) == bob.person
    code = people.new_code(bob.person)
    people.remove(bob.person.id)
    assert people.logged_in(bob.token) is None and enter("Bob", code=code).person is None
    eve = enter("Eve")
    import itnt_core.people.store as store_module

    later = store_module.time.time() + 31 * 86400
    monkeypatch.setattr(store_module.time, "time", lambda: later)
    assert people.logged_in(eve.token) is None
    assert ada.token not in (root / "people.sqlite").read_bytes().decode("latin-1")


def test_wrong_tries_cost_waiting_and_a_right_one_does_not(root):
    clock = Clock()
    pace = GuessLimit(clock)
    for _ in range(5):
        assert enter_class(root, "Eve", "a wrong passphrase", "", "10.0.0.6", pace).wait_s == 0.0
    refused = enter_class(root, "Eve", STUDENTS, "", "10.0.0.6", pace)
    assert refused.person is None and refused.sentence == "Too many wrong tries: wait 2 s, then try again."
    assert enter_class(root, "Ada", STUDENTS, "", "10.0.0.7", pace).person is not None  # another computer
    clock.now += 2.0
    assert enter_class(root, "Eve", STUDENTS, "", "10.0.0.6", pace).person is not None


def test_waiting_doubles_to_five_minutes_and_is_forgotten_after_a_quiet_quarter_of_an_hour():
    clock = Clock()
    pace, waits = GuessLimit(clock), []
    for _ in range(16):
        pace.wrong("2001:db8::1")
        waits.append(pace.wait_s("2001:db8::ffff"))  # of the same network
    assert waits == [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]
    assert pace.wait_s("2001:db8:1::1") == 0.0
    clock.now += 901.0
    assert pace.wait_s("2001:db8::1") == 0.0
    pace.wrong("2001:db8::1")
    assert pace.wait_s("2001:db8::1") == 0.0


def test_many_addresses_together_are_slowed_down_but_nobody_is_shut_out():
    clock = Clock()
    pace = GuessLimit(clock)
    for number in range(30_000):
        pace.wrong(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert 0.0 < pace.wait_s("192.0.2.1") <= 2.0 and len(pace._by_address) <= 10_000


def test_a_provider_tells_who_somebody_is_and_a_list_who_may_come_in(tmp_path, monkeypatch):
    claims = {
        "iss": "https://id.example",
        "sub": "77",
        "name": "Ada",
        "email": "ada@uni.example",
        "email_verified": True,
    }
    ada = person_of_provider(tmp_path, claims)
    assert ada.name == "Ada" and ada.role == "owner"
    assert person_of_provider(tmp_path, claims | {"name": "Ada L."}).id == ada.id
    others = [{"iss": "https://other.example"}, {"sub": "78"}]
    assert len({ada.id, *(person_of_provider(tmp_path, claims | other).id for other in others)}) == 3
    assert person_of_provider(tmp_path, claims | {"sub": ""}) is None
    assert person_of_provider(tmp_path, claims | {"is_logged_in": False}) is None
    monkeypatch.setenv("ITNT_LOGINS", "*@uni.example, 99")
    assert person_of_provider(tmp_path, claims).id == ada.id
    assert person_of_provider(tmp_path, claims | {"email_verified": False}) is None
    assert person_of_provider(tmp_path, claims | {"email": "eve@uni.example.evil"}) is None
    assert person_of_provider(tmp_path, {"iss": "x", "sub": "99"}).name == "Somebody"
    monkeypatch.setenv("ITNT_LECTURERS", "ada@uni.example")
    assert person_of_provider(tmp_path, claims).role == "lecturer"
    assert person_of_provider(tmp_path, claims | {"email_verified": "no", "sub": "100"}) is None
    monkeypatch.delenv("ITNT_LECTURERS")
    assert person_of_provider(tmp_path, claims).role == "owner"  # who is off the list is no lecturer any more
    PeopleStore(tmp_path).remove(ada.id)
    assert person_of_provider(tmp_path, claims) is None


def test_people_of_a_newer_program_and_damaged_ones_are_told(tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "people.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(PeopleError, match="newer version"):
        PeopleStore(tmp_path).everybody()
    (tmp_path / "people.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(PeopleError, match="cannot be used"):
        PeopleStore(tmp_path).logged_in("x")


def test_a_link_shows_one_run_to_others_until_it_is_withdrawn(root, enter, tiny_scenario):
    ada, bob = enter("Ada").person, enter("Bob").person
    hers = RunStore(root, ada.id)
    run_id, other_id = finished_run(hers, tiny_scenario), finished_run(hers, tiny_scenario)
    his, shares = RunStore(root, bob.id), Shares(PeopleStore(root))
    share = shares.make(ada.id, "run", run_id, hers.get(run_id).title)
    assert shares.make(ada.id, "run", run_id, "again").token == share.token and shares.find(share.token) == share
    assert seen_runs(bob, his, ada.id, share).get(run_id).kpis
    with pytest.raises(ShareError):
        copy_run(bob, his, ada.id, other_id, share)
    with pytest.raises(NobodyError):
        copy_run(bob, his, ada.id, run_id)  # without the link
    copied = copy_run(bob, his, ada.id, run_id, share)
    assert his.get(copied).kpis == hers.get(run_id).kpis and his.get(copied).owner == bob.id
    names = {file.name for file in his.folder(copied).iterdir()}
    assert {"scenario.json", "result.nc", "manifest.json", "request.json"} <= names and not names & {"log.txt", "child"}
    shares.withdraw(bob.id, share.token)  # not his to withdraw
    assert shares.find(share.token)
    shares.withdraw(ada.id, share.token)
    for token in (share.token, "", "x" * 22, "../" * 7 + "x", share.token + "\n"):
        with pytest.raises(ShareError, match="leads nowhere"):
            shares.find(token)
    assert shares.of(ada.id) == [] and his.get(copied)  # what was copied stays


def test_a_lecturer_sees_and_copies_from_all_and_changes_nothing(root, enter, tiny_scenario):
    ada, grace = enter("Ada").person, enter("Grace", LECTURERS).person
    hers = RunStore(root, ada.id)
    run_id = finished_run(hers, tiny_scenario)
    draft = DraftStore(home_of(root, ada.id)).begin(tiny_scenario)
    mine = RunStore(root, grace.id)
    seen = seen_runs(grace, mine, ada.id)
    assert [run.id for run in seen.list()] == [run_id] and mine.list() == []
    with pytest.raises(StoreError, match="somebody else"):
        seen.delete(run_id)
    assert mine.get(copy_run(grace, mine, ada.id, run_id)).owner == grace.id
    assert copy_draft(grace, root, ada.id, draft.id).scenario == tiny_scenario
    assert hers.get(run_id).deleted is None and hers.list() and DraftStore(home_of(root, grace.id)).recent()
    with pytest.raises(UnknownRunError):
        hers.get(mine.list()[0].id)  # and not the other way round
    with pytest.raises(NobodyError):
        seen_runs(ada, hers, grace.id)
    with pytest.raises(NobodyError):
        seen_draft(ada, root, grace.id, DraftStore(home_of(root, grace.id)).recent()[0].id)
    with pytest.raises(DraftError):
        seen_draft(grace, root, ada.id, "../../first")


def test_only_a_finished_run_is_copied(root, enter, tiny_scenario):
    ada, grace = enter("Ada").person, enter("Grace", LECTURERS).person
    hers = RunStore(root, ada.id)
    run_id = hers.submit(tiny_scenario)
    with pytest.raises(RunStateError, match="queued: only a finished one"):
        copy_run(grace, RunStore(root, grace.id), ada.id, run_id)
    done = finished_run(hers, tiny_scenario)
    hers.delete(done)
    with pytest.raises(RunStateError):
        copy_run(grace, RunStore(root, grace.id), ada.id, done)


def test_an_imported_city_comes_along(root, enter, tiny_scenario):
    ada, bob = enter("Ada").person, enter("Bob").person
    libraries = [library_folder(cache_folder(home_of(root, one.id))) for one in (ada, bob)]
    digest = "ab" * 32
    (libraries[0] / digest).mkdir(parents=True)
    for name in ("city.npz", "report.json"):
        (libraries[0] / digest / name).touch()
    about = {"name": "Hers", "lon": -0.1, "lat": 51.5, "size_m": 600.0}
    (libraries[0] / digest / "city.json").write_text(json.dumps(about))
    own_city = tiny_scenario.city.model_copy(update={"kind": "imported", "content_hash": digest})
    draft = DraftStore(home_of(root, ada.id)).begin(tiny_scenario.model_copy(update={"city": own_city}))
    share = Shares(PeopleStore(root)).make(ada.id, "scenario", draft.id, "Mine")
    assert list_cities(libraries[1]) == []
    copy_draft(bob, root, ada.id, draft.id, share)
    assert [card.content_hash for card in list_cities(libraries[1])] == [digest]
