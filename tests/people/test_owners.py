"""Everything that is kept belongs to somebody, and a store gives only what is of the person it is opened for."""

import shutil
import sqlite3
from dataclasses import fields
from pathlib import Path

import pytest

from itnt_core.city import library_folder
from itnt_core.data_folder import cache_folder, data_root, home_of, home_path, homes, looking_into
from itnt_core.drafts import DraftStore, UnknownDraftError
from itnt_core.person import FIRST, NobodyError, Person, ProfileError, acting_for, is_server, who_asks
from itnt_core.runs import Run, RunStateError, RunStore, StoreError, SweepSpec, UnknownRunError, purge, submit_sweep
from itnt_core.runs.cleanup import remove_leftovers
from itnt_core.runs.schema import SCHEMA_VERSION

OLD_STORE = (
    Path(__file__).parents[1] / "runs" / "store_of_version_4.sql"
)  # written by the program before there were owners
ADA, BOB = Person("adaadaadaada", "Ada"), Person("bobbobbobbob", "Bob")


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ITNT_PROFILE", "server")
    return tmp_path


def test_on_ones_own_machine_nothing_is_asked(tmp_path, monkeypatch, tiny_scenario):
    monkeypatch.setenv("ITNT_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("ITNT_PROFILE", raising=False)
    assert who_asks() == FIRST and data_root() == tmp_path and not is_server()
    run_id = RunStore().submit(tiny_scenario, "straight")
    assert RunStore().get(run_id).owner == FIRST.id
    assert RunStore().folder(run_id) == tmp_path / "runs" / run_id and homes(tmp_path) == [tmp_path]


def test_on_a_server_nobody_gets_anything(root):
    for asked in (who_asks, data_root, RunStore, cache_folder, library_folder):
        with pytest.raises(NobodyError, match="Nobody is logged in"):
            asked()
    assert list(root.iterdir()) == []


def test_an_unknown_profile_is_no_open_server(monkeypatch):
    monkeypatch.setenv("ITNT_PROFILE", "sever")
    with pytest.raises(ProfileError, match=r"'sever'.*'server' or nothing"):
        who_asks()


@pytest.mark.parametrize(
    "hostile", ["", ".", "..", "../first", "adaadaadaada/../..", "a" * 13, "ADAADAADAADA", "first\n", None]
)
def test_what_is_no_id_of_a_person_names_no_folder(tmp_path, hostile):
    for asked in (lambda: home_path(tmp_path, hostile), lambda: RunStore(tmp_path, hostile or "")):
        with pytest.raises(NobodyError):
            asked()
    assert list(tmp_path.iterdir()) == []


def test_each_has_a_home_with_runs_scenarios_and_cities_of_their_own(root, tiny_scenario):
    found = {}
    for person in (ADA, BOB):
        with acting_for(person):
            store = RunStore()
            run_id = store.submit(tiny_scenario, "straight", title="Mine")
            draft = DraftStore(data_root()).begin(tiny_scenario)
            found[person.id] = run_id, draft.id
            assert data_root() == root / "people" / person.id == library_folder().parent == store.home
            assert (store.folder(run_id) / "scenario.json").is_file()
            assert library_folder(cache_folder()) == data_root() / "cities"  # as the processes that compute find it
            assert cache_folder().resolve() == root / "cache"  # what is generated is kept once
            assert (
                store.get(run_id).title == "Mine" and store.get(run_id).owner == person.id
            )  # titles are counted apart
    with acting_for(BOB):
        his, (run_id, draft_id) = RunStore(), found[ADA.id]
        assert [run.id for run in his.list()] == [found[BOB.id][0]]
        calls = (his.get, his.cancel, his.resume, his.delete, his.restore, lambda one: his.rename(one, "Bob's"))
        for call in calls:
            with pytest.raises(UnknownRunError):
                call(run_id)
        assert purge(his, [run_id]) == 0.0 and not his.folder(run_id).exists() and his.events(run_id)[0] == []
        with pytest.raises(UnknownDraftError):
            DraftStore(data_root()).open(draft_id)
    assert RunStore(root, ADA.id).get(run_id).state == "queued"


def test_two_people_may_ask_the_same_sweep(root):
    spec = SweepSpec(title="Ours", preset="tiny", seeds=[1, 2])
    for person in (ADA, BOB, ADA):
        with acting_for(person):
            queued = submit_sweep(RunStore(), spec)[1]
    assert queued == 0  # asked again: those that wait go on waiting
    for person in (ADA, BOB):
        store = RunStore(root, person.id)
        assert [sweep[0] for sweep in store.sweeps()] == [spec.id] and len(store.list()) == 2
        assert all(run.owner == person.id and run.sweep == spec.id for run in store.list())


def test_a_look_at_what_is_somebody_elses_changes_nothing(root, tiny_scenario):
    with acting_for(ADA):
        run_id = RunStore().submit(tiny_scenario, "straight")
    with acting_for(BOB):
        hers = RunStore().of(ADA.id, read_only=True)
    assert hers.get(run_id).owner == ADA.id and hers.folder(run_id).is_dir()
    calls = (hers.cancel, hers.resume, hers.delete, hers.restore, lambda one: hers.rename(one, "Bob's"))
    for call in (*calls, lambda one: purge(hers, [one]), lambda _: hers.submit(tiny_scenario, "straight")):
        with pytest.raises(StoreError, match="belongs to somebody else"):
            call(run_id)


def test_looking_into_a_home_ends(root):
    with acting_for(ADA):
        with looking_into(BOB.id):
            assert data_root().name == BOB.id
        assert data_root().name == ADA.id
    with pytest.raises(NobodyError):
        data_root()


def test_no_policy_of_somebody_else_is_read(root, tiny_scenario):
    hers = home_of(root, ADA.id) / "runs" / "20261129-175408-413c47e5" / "policy.pt"
    with acting_for(BOB):
        for policy in (hers, "/etc/passwd", RunStore().home / "runs" / ".." / ".." / ADA.id / "runs" / "policy.pt"):
            with pytest.raises(RunStateError, match="none of your own runs"):
                RunStore().submit(tiny_scenario, "proposed", settings={"policy": str(policy)})
        RunStore().submit(
            tiny_scenario, "proposed", settings={"policy": str(RunStore().home / "runs" / "x" / "policy.pt")}
        )


def test_workers_serve_everybody(root, tiny_scenario):
    from itnt_core.runs.processes import ProcessIdentity

    ids = []
    for person in (ADA, BOB):
        with acting_for(person):
            ids.append(RunStore().submit(tiny_scenario, "straight"))
    worker = RunStore(root)
    assert worker.enter_worker(ProcessIdentity.current("t" * 32), "here")
    claimed = [worker.claim("t" * 32) for _ in ids]
    assert [run.id for run in claimed] == ids
    for run, person in zip(claimed, (ADA, BOB), strict=True):
        assert worker.folder_of(run) == root / "people" / person.id / "runs" / run.id
        assert worker.home_of(run) == root / "people" / person.id
        (worker.folder_of(run) / ".result.nc.1.tmp").touch()
    remove_leftovers(worker)  # both are at work
    assert (worker.folder_of(claimed[0]) / ".result.nc.1.tmp").exists()


def old_root(folder: Path) -> Path:
    """Lay out a store as the program before owners left it."""
    with sqlite3.connect(folder / "runs.sqlite") as connection:
        connection.executescript(OLD_STORE.read_text(encoding="utf-8"))
    for (run_id,) in connection.execute("SELECT id FROM runs").fetchall():
        (folder / "runs" / run_id).mkdir(parents=True)
        (folder / "runs" / run_id / "request.json").write_text("{}")
    connection.close()
    return folder


def test_a_store_from_before_belongs_to_the_first_person_and_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("ITNT_PROFILE", raising=False)
    root = old_root(tmp_path)
    before = sqlite3.connect(root / "runs.sqlite")
    before.row_factory = sqlite3.Row
    rows = {row["id"]: dict(row) for row in before.execute("SELECT * FROM runs")}
    sweeps = [dict(row) for row in before.execute("SELECT * FROM sweeps")]
    before.close()
    store = RunStore(root)
    assert store.owner == FIRST.id and len(store.list()) == 3 and len(store.list(deleted=True)) == 1
    for run in (*store.list(), *store.list(deleted=True)):
        assert run.owner == FIRST.id and store.folder(run.id).is_dir()
        for field in fields(Run):
            if field.name in rows[run.id] and field.name not in ("kpis", "progress"):
                assert getattr(run, field.name) == rows[run.id][field.name]
    assert [list(sweep) for sweep in store.sweeps()] == [
        [one[key] for key in ("id", "title", "created", "spec")] for one in sweeps
    ]
    assert RunStore(root, ADA.id).list() == [] and RunStore(root, ADA.id).sweeps() == []
    after = sqlite3.connect(root / "runs.sqlite")
    assert after.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    after.close()


def test_a_migration_that_is_cut_off_leaves_the_old_store(tmp_path, monkeypatch):
    from itnt_core.runs import schema

    root = old_root(tmp_path)
    steps = list(schema._STEPS)
    steps[-1] += "; SELECT nothing FROM nowhere"
    monkeypatch.setattr(schema, "_STEPS", tuple(steps))
    with pytest.raises(StoreError):
        RunStore(root)
    monkeypatch.undo()
    assert len(RunStore(root).list()) == 3


def test_what_was_kept_before_is_the_first_persons_on_a_server_too(root, tiny_scenario):
    with acting_for(FIRST):
        draft = DraftStore(data_root()).begin(tiny_scenario)
    shutil.copytree(root, root.parent / "moved")
    assert DraftStore(root.parent / "moved").open(draft.id).scenario == tiny_scenario
    with acting_for(ADA), pytest.raises(UnknownDraftError):
        DraftStore(data_root()).open(draft.id)
