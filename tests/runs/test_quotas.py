"""Quotas and the fair queue: people take turns, limits hold and are told, and without a login nothing is limited."""

import random

import pytest

from itnt_core.runs import LiveAccount, QuotaError, Quotas, RunStore, cache_folder, usage_words
from itnt_core.runs import quotas as rules
from itnt_core.runs.processes import ProcessIdentity
from itnt_core.runs.run import HERE

PEOPLE = [f"person{letter * 6}" for letter in "abcdefghij"]
DAY_S = 86_400.0


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch):
    for variable in (*rules.VARIABLES.values(), "ITNT_PROFILE", "ITNT_DASK_SCHEDULER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("ITNT_MAX_RUNS", "3")


def queue(root, scenario, person, count=1):
    store = RunStore(root, person)
    return [store.submit(scenario, "straight", title=f"{person} {number}") for number in range(count)]


def worker(store, token="worker-1"):
    assert store.enter_worker(ProcessIdentity.current(token), HERE)
    return token


def served(store, token, most=10_000):
    """Compute nothing: take runs and end them at once; return whose they were, in their order."""
    found = []
    while len(found) < most and (run := store.claim(token, stay=True)) is not None:
        found.append(run.owner)
        store.finish(run.id, token, "done", "Finished.")
    return found


def test_ten_people_with_twenty_runs_each_take_turns(tmp_path, tiny):
    for person in PEOPLE:  # everybody's twenty come before the next person's first
        queue(tmp_path, tiny, person, 20)
    store = RunStore(tmp_path)
    order = served(store, worker(store))
    assert len(order) == 200
    for turn in range(20):
        assert sorted(order[10 * turn : 10 * turn + 10]) == PEOPLE


def test_nobody_waits_behind_more_than_one_run_of_each_other_person(tmp_path, tiny):
    """People come at random moments, with three workers at it; every wait is counted from the outside."""
    dice, store = random.Random(4), RunStore(tmp_path)
    tokens = [worker(store, f"worker-{number}") for number in range(3)]
    waiting, begun, computing = {}, [], {}
    for _ in range(150):
        if dice.random() < 0.45:
            person = dice.choice(PEOPLE)
            came = len(begun)
            run_id = queue(tmp_path, tiny, person)[0]
            if all(owner != person for owner, _ in waiting.values()):  # the next of this person's
                waiting[run_id] = person, came
        token = dice.choice(tokens)
        if token in computing:
            store.finish(computing.pop(token), token, "done", "Finished.")
        run = store.claim(token, stay=True)
        if run is None:
            continue
        computing[token] = run.id
        if run.id in waiting:
            person, came = waiting.pop(run.id)
            before = [owner for owner in begun[came:] if owner != person]
            assert len(before) == len(set(before)), "somebody else was served twice meanwhile"
        begun.append(run.owner)
    assert len(begun) > 40


def test_the_place_in_the_queue_is_the_number_of_runs_that_come_before(tmp_path, tiny):
    queue(tmp_path, tiny, PEOPLE[0], 5)
    late = queue(tmp_path, tiny, PEOPLE[1])[0]
    assert RunStore(tmp_path, PEOPLE[1]).list()[0].position == 2
    assert sorted(run.position for run in RunStore(tmp_path, PEOPLE[0]).list()) == [1, 3, 4, 5, 6]
    store = RunStore(tmp_path)
    token = worker(store)
    served(store, token, 1)
    assert RunStore(tmp_path, PEOPLE[1]).list()[0].position == 1
    assert store.claim(token, stay=True).id == late


def test_one_person_alone_is_served_in_the_order_of_coming(tmp_path, tiny):
    ids = queue(tmp_path, tiny, "first", 4)
    store = RunStore(tmp_path)
    token = worker(store)
    for run_id in ids:
        assert store.claim(token, stay=True).id == run_id
        store.finish(run_id, token, "done", "Finished.")


def test_a_person_has_no_more_runs_at_once_than_allowed_and_others_go_first(tmp_path, tiny, monkeypatch):
    monkeypatch.setenv("ITNT_QUOTA_AT_ONCE", "1")
    queue(tmp_path, tiny, PEOPLE[0], 3)
    store = RunStore(tmp_path)
    one, two = worker(store, "worker-1"), worker(store, "worker-2")
    first = store.claim(one)
    assert store.claim(two, stay=True) is None
    queue(tmp_path, tiny, PEOPLE[1])
    assert store.claim(two, stay=True).owner == PEOPLE[1]
    store.finish(first.id, one, "done", "Finished.")
    assert store.claim(one).owner == PEOPLE[0]


def test_too_many_waiting_runs_are_refused_with_what_to_do_and_leave_nothing(tmp_path, tiny, monkeypatch):
    monkeypatch.setenv("ITNT_QUOTA_QUEUED", "2")
    queue(tmp_path, tiny, PEOPLE[0], 2)
    with pytest.raises(QuotaError, match=r"2 of your runs wait already.*Wait for some, cancel some"):
        queue(tmp_path, tiny, PEOPLE[0])
    store = RunStore(tmp_path, PEOPLE[0])
    assert len(store.list()) == len(list((store.home / "runs").iterdir())) == 2
    queue(tmp_path, tiny, PEOPLE[1], 2)  # others are not concerned
    cancelled = store.list()[0].id
    store.cancel(cancelled)
    queue(tmp_path, tiny, PEOPLE[0])
    with pytest.raises(QuotaError):
        store.resume(cancelled)
    assert store.get(cancelled).state == "cancelled"


def test_computing_time_is_counted_by_the_day_and_the_queue_goes_on_tomorrow(tmp_path, tiny, monkeypatch):
    now = [1_800_000_000.0]
    monkeypatch.setattr(rules, "wall_s", lambda: now[0])
    monkeypatch.setenv("ITNT_QUOTA_CPU_S", "60")
    queue(tmp_path, tiny, PEOPLE[0], 2)
    store = RunStore(tmp_path)
    token = worker(store)
    run = store.claim(token)
    store.finish(run.id, token, "done", "Finished.", cpu_s=90.0)
    with pytest.raises(QuotaError, match="2 minutes today, and each person has 1 minutes a day here"):
        queue(tmp_path, tiny, PEOPLE[0])
    assert store.claim(token, stay=True) is None  # what waits goes on waiting
    now[0] += DAY_S
    assert store.claim(token).owner == PEOPLE[0]


def test_full_homes_are_refused_and_the_homes_of_others_do_not_count(tmp_path, tiny, monkeypatch):
    monkeypatch.setenv("ITNT_QUOTA_DISK_MB", "1")
    queue(tmp_path, tiny, PEOPLE[0])
    (RunStore(tmp_path, PEOPLE[0]).home / "large").write_bytes(bytes(2_000_000))
    with pytest.raises(QuotaError, match="Your files take 2 MB of the 1 MB"):
        queue(tmp_path, tiny, PEOPLE[0])
    queue(tmp_path, tiny, "first")  # whose home is the folder that holds all others


def test_a_live_optimum_counts_and_waits_while_the_person_s_runs_take_all(tmp_path, tiny, monkeypatch):
    monkeypatch.setenv("ITNT_QUOTA_AT_ONCE", "1")
    monkeypatch.setenv("ITNT_QUOTA_CPU_S", "60")
    queue(tmp_path, tiny, PEOPLE[0])
    mine, other = LiveAccount(tmp_path, PEOPLE[0]), LiveAccount(tmp_path, PEOPLE[1])
    assert mine.refusal() is None
    store = RunStore(tmp_path)
    token = worker(store)
    run = store.claim(token)
    assert "as many as each person may have here at once" in mine.refusal() and other.refusal() is None
    store.finish(run.id, token, "done", "Finished.")
    assert mine.refusal() is None
    mine.spend(61.0)
    assert "go on after midnight UTC" in mine.refusal() and other.refusal() is None
    with pytest.raises(QuotaError):
        queue(tmp_path, tiny, PEOPLE[0])


def test_a_person_sees_how_much_is_used(tmp_path, monkeypatch):
    store = RunStore(tmp_path, PEOPLE[0])
    assert usage_words(store.root, store.owner, store.home) == ""
    monkeypatch.setenv("ITNT_QUOTA_CPU_S", "3600")
    monkeypatch.setenv("ITNT_QUOTA_DISK_MB", "100")
    LiveAccount(tmp_path, PEOPLE[0]).spend(600.0)
    (store.home / "large").write_bytes(bytes(7_000_000))
    said = usage_words(store.root, store.owner, store.home)
    assert "10 of 60 minutes of computing today" in said and "7 of 100 MB" in said and "wait" not in said


def test_without_a_login_nothing_is_limited_and_a_server_has_limits_of_its_own(monkeypatch):
    assert Quotas.now() == Quotas()
    monkeypatch.setenv("ITNT_PROFILE", "server")
    assert Quotas.now() == Quotas(**rules.USUAL)
    monkeypatch.setenv("ITNT_QUOTA_QUEUED", "none")
    assert Quotas.now().queued is None
    for wrong in ("-1", "many", "1.5", "9" * 40):
        monkeypatch.setenv("ITNT_QUOTA_QUEUED", wrong)
        with pytest.raises(QuotaError, match="ITNT_QUOTA_QUEUED"):
            Quotas.now()


def test_the_time_a_run_computes_is_counted(tmp_path, tiny, city_cache):
    from itnt_core.runs.worker import work

    cache_folder(tmp_path).symlink_to(city_cache)
    queue(tmp_path, tiny, "first")
    work(tmp_path, "0123456789abcdef")
    store = RunStore(tmp_path)
    assert store.list()[0].state == "done"
    with store.connection() as connection:
        assert 0.0 < rules.computed_s(connection, "first") < 600.0
