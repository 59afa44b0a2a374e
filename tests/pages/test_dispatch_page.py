"""The page Dispatch as a script: it plays at once, both fly the same world, files and trainings are offered."""

import io
import json
import re
import zipfile

import numpy as np
import pytest
from test_pages import texts

from itnt_core.dispatch import SHIPPED, DispatchDynamics, DispatchOptions, Replanning, Setting, read_policy, run_episode
from itnt_core.mapdata import unpack
from itnt_core.runs import RunStore, cache_folder
from itnt_core.runs.executing import execute
from itnt_core.scenario import GroundUser
from pages.dispatching import playing

PAGE = "pages/12_Dispatch.py"


def seen(app):
    """Return what the page says, without the backslashes that keep names from being markup."""
    return texts(app).replace("\\", "")


@pytest.fixture(scope="module", autouse=True)
def _compiled(city_cache, tiny_scenario):
    """Compile in this process what the page would compile in one of its own."""
    setting = Setting.of(tiny_scenario, DispatchOptions(unit_mbit=1.0), city_cache)
    run_episode(DispatchDynamics(setting, 1, 1.0), Replanning(setting, 2), np.array([1]))


@pytest.fixture
def mounted(monkeypatch):
    """Return what the map is handed, newest last."""
    found = []
    monkeypatch.setattr(playing, "mount", lambda key, data: found.append(data))
    return found


@pytest.fixture
def flown(monkeypatch):
    """Return the bundles that the map plays, by their addresses."""
    found = {}

    def publish(blob, suffix=".bin"):
        address = f"/flown/{len(found)}"
        found[address] = unpack(blob)
        return address

    monkeypatch.setattr(playing, "publish", publish)
    return found


@pytest.fixture
def dispatch(open_page, mounted, flown):
    def opened(**session):
        return open_page(PAGE, **{"dispatch_source": "open", **session})

    return opened


def test_it_plays_at_once_the_shipped_policy_against_replanning(dispatch, mounted, flown):
    app = dispatch()
    assert not app.exception and not app.error
    data = mounted[-1]
    assert data["autoplay"] and data["mode"] == "compare"
    assert [pane["title"] for pane in data["panes"]] == ["Learned: comes with the program", "Replanning over 16 slots"]
    assert [metric.label for metric in app.metric][:2] == ["Reward, A", "Served, A"]
    _, arrays = flown[data["panes"][0]["replay_url"]]
    assert app.metric[0].value == f"{arrays['reward'][-1] / (len(arrays['reward']) - 1):.3f}"
    assert "world 1 of" in data["alt"]


def test_the_next_world_is_another_one_and_the_same_for_both(dispatch, mounted, flown):
    app = dispatch(dispatch_a="nothing", dispatch_b="straight")
    first = mounted[-1]
    app.button(key="dispatch_next").click().run()
    assert not app.exception
    second = mounted[-1]
    assert app.session_state["dispatch_world"] == 2 and first["course"] != second["course"]
    for data in (first, second):
        (meta, one), (other_meta, other) = (flown[pane["replay_url"]] for pane in data["panes"])
        assert meta["missions"] == other_meta["missions"]  # one world for both
        np.testing.assert_array_equal(one["gu_position_m"], other["gu_position_m"])
        np.testing.assert_array_equal(one["serves"], other["serves"])
        assert not np.array_equal(one["au_position_m"], other["au_position_m"], equal_nan=True)
    before, after = (flown[data["panes"][0]["replay_url"]][0]["missions"] for data in (first, second))
    assert before != after


def test_an_address_names_worlds_and_who_flies_and_what_is_wrong_in_it_is_left_out(open_page, mounted, flown):
    app = open_page(PAGE)
    for name, value in {"worlds": "tiny", "world": "7", "a": "greedy", "b": "trained:no"}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert app.session_state["dispatch_world"] == 7 and app.session_state["dispatch_a"] == "greedy"
    assert "what is not here (b); it was left out" in seen(app)
    assert [pane["title"] for pane in mounted[-1]["panes"]] == ["Greedy", "Replanning over 16 slots"]


def test_a_scenario_that_it_does_not_know_is_refused_in_the_words_of_the_core(dispatch, tiny, mounted):
    indoors = GroundUser(id="gu-in", east_m=0.0, north_m=0.0, height_m=1.5, indoor="low_loss")
    app = dispatch(scenario=tiny.model_copy(update={"ground_users": (*tiny.ground_users, indoors)}))
    assert not app.exception
    assert "has users indoors, which dispatching does not know: take them outdoors" in seen(app)
    assert mounted == [] and not app.metric


def test_options_that_do_not_go_together_are_a_sentence(dispatch):
    app = dispatch()
    app.slider(key="dispatch_in_failing").set_value(80).run()
    app.slider(key="dispatch_in_arriving_late").set_value(80).run()
    assert not app.exception
    assert "failing and arriving_late add up to 1.6" in seen(app)
    app.button(key="dispatch_usual").click().run()
    assert not app.error and app.metric


def test_the_figures_of_both_stand_beside_what_the_world_allows_at_most(dispatch, flown, mounted):
    app = dispatch(dispatch_a="straight", dispatch_b="hindsight", dispatch_tab="This world")
    assert not app.exception
    table = app.dataframe[0].value.set_index("Figure")
    sums = [flown[pane["replay_url"]][1]["service_total_mbit"][-1] for pane in mounted[-1]["panes"]]
    assert table.loc["Served, Mbit", ["A", "B"]].tolist() == pytest.approx(sums, abs=0.06)
    most = float(re.search(r"nobody earns more than ([\d.]+) a slot", seen(app))[1])
    assert most >= max(table.loc["Reward of a slot", ["A", "B"]])


def test_many_worlds_are_flown_when_somebody_asks(dispatch):
    app = dispatch(dispatch_a="straight", dispatch_b="nothing", dispatch_tab="Many worlds")
    assert "held-out worlds A" not in seen(app)
    app.number_input(key="dispatch_worlds").set_value(4).run()
    app.button(key="dispatch_judge").click().run()
    assert not app.exception
    assert "In 4 held-out worlds A (Straight to the destination) earns" in seen(app)


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def policy(**changed):
    arrays = {name: np.array(array) for name, array in read_policy(SHIPPED).arrays.items()}
    return npz(**(arrays | changed))


def huge():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("w0.npy", b"\0" * 5_000_000)
    return stream.getvalue()


BAD = {
    "of other shapes": (lambda: policy(w1=np.zeros((3, 3), np.float32)), "has 'w1' as float32 (3, 3)"),
    "with a pickle": (lambda: npz(w0=np.array([{"a": 1}], dtype=object)), "cannot be read as a file of plain arrays"),
    "huge once unpacked": (huge, "unpacks to 5,000,000 bytes, but 200,000 are the most"),
    "with what is no number": (lambda: policy(b0=np.full(32, np.nan, np.float32)), "finite float32 (32,) is needed"),
    "of something else": (lambda: b"no zip at all", "cannot be read as a file of plain arrays"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_no_policy_is_refused_in_a_sentence(dispatch, kind):
    make, words = BAD[kind]
    app = dispatch(dispatch_tab="Your policy")
    app.file_uploader(key="dispatch_file").set_value(("mine.npz", make(), "application/octet-stream")).run()
    assert not app.exception
    assert words in seen(app) and "dispatch_uploaded" not in app.session_state


def test_a_policy_of_ones_own_flies_and_what_it_says_of_itself_is_shown_literally(dispatch, mounted):
    about = np.array(json.dumps({"seed": 3, "note": "<b>*mine*</b>"}))
    app = dispatch(dispatch_tab="Your policy")
    app.file_uploader(key="dispatch_file").set_value(("my *own*.npz", policy(about=about), "x/y")).run()
    assert not app.exception and not app.error
    shown = [text.value for text in app.text]
    assert any("note: <b>*mine*</b>" in text for text in shown)  # as text, not as markup
    assert any(read_policy(SHIPPED).content_hash[:16] in text for text in shown)
    app.button(key="dispatch_fly").click().run()
    assert not app.exception
    assert app.session_state["dispatch_a"] == "uploaded"
    assert mounted[-1]["panes"][0]["title"] == "Learned: my *own*.npz"


def test_a_training_is_queued_and_its_policy_is_offered_once_it_is_done(dispatch, tmp_path, mounted, monkeypatch):
    monkeypatch.setattr(RunStore, "launch", lambda self: None)
    app = dispatch(dispatch_tab="Train")
    for label, value in {"Rounds": 1, "Worlds a round": 2, "Held-out worlds": 2}.items():
        app.number_input(key=f"dispatch_train_{label}").set_value(value).run()
    app.button(key="dispatch_train").click().run()
    assert not app.exception and not app.error
    store = RunStore(tmp_path)
    (run,) = store.list()
    assert (run.kind, run.state, run.title) == ("dispatching", "queued", "Taught by hindsight, Tiny")
    result = execute(store.folder(run.id), cache_folder(tmp_path))
    with store.connection() as connection:
        connection.execute(
            "UPDATE runs SET state = 'done', progress = 1, kpis = ?, started = 1, finished = 2",
            (json.dumps(result.kpis),),
        )
    app.run()
    assert "In 2 held-out worlds the policy earns" in seen(app)
    app.button(key=f"dispatch_fly_{run.id}").click().run()
    assert not app.exception
    assert mounted[-1]["panes"][0]["title"] == "Learned: Taught by hindsight, Tiny"
    assert any(button.label == "Download policy" for button in app.download_button)
    listed = dispatch(dispatch_tab="Runs")
    assert not listed.exception and "Taught by hindsight, Tiny" in seen(listed)
