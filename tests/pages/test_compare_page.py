"""The Compare page as a script: runs side by side, addresses, trade-offs."""

import pytest
from test_pages import texts
from test_runs_page import KPIS, end

from itnt_core.methods import optimise
from itnt_core.recorded import RECORDED
from itnt_core.results import write_result
from itnt_core.runs import RunStore, recorded_runs
from itnt_core.words.comparison import user_data_mbit
from pages.comparing import panes as compare_map
from pages.comparing.differing import differences

PAGE = "pages/6_Compare.py"
MARKUP = "</script><b>x</b> :red[hi] *y*"


@pytest.fixture(scope="module")
def answers(tiny_scenario, city_cache):
    """Results of the tiny scenario, and of one with half as many slots, another carrier and a user less."""
    shorter = tiny_scenario.time.model_copy(update={"slots": 4, "slot_s": 4.0})
    radio = tiny_scenario.radio.model_copy(update={"carrier_ghz": 3.5})
    users = tiny_scenario.ground_users[:-1]
    other = tiny_scenario.model_copy(update={"time": shorter, "radio": radio, "ground_users": users})
    return [optimise(scenario, cache_dir=city_cache) for scenario in (tiny_scenario, other)]


@pytest.fixture
def stored(answers, tmp_path):
    """Return the ids of two finished runs with these results, and the store."""
    store, ids = RunStore(tmp_path), []
    for result, title in zip(answers, ("Low band", MARKUP), strict=True):
        ids.append(store.submit(result.scenario, title=title))
        write_result(store.folder(ids[-1]), result)
        end(store, ids[-1], "done", result.kpis)
    return ids, store


@pytest.fixture
def sent(monkeypatch):
    """Return what the page hands to the map component."""
    calls = []
    monkeypatch.setattr(compare_map, "mount", lambda key, data: calls.append(data))
    monkeypatch.setattr(compare_map, "city_url", lambda scenario: f"{scenario.area.size_m}.bin")
    return calls


def open_runs(open_page, ids, more=None, **session):
    app = open_page(PAGE, **session)
    app.query_params["runs"] = ",".join(ids)
    for name, value in (more or {}).items():
        app.query_params[name] = value
    return app.run()


def test_maps_figures_and_file_stand_side_by_side(open_page, stored, answers, sent):
    app = open_runs(open_page, stored[0], {"t": "8.5", "links": "server"}, compare_part="Figures")
    assert not app.exception
    assert "left out" not in texts(app)
    data = sent[-1]
    assert [pane["title"] for pane in data["panes"]] == ["Low band", MARKUP]
    assert len({pane["replay_url"] for pane in data["panes"]}) == 2
    assert data["start_s"] == 8.5 and data["links"] == "server"
    assert data["link"].endswith(f"/Compare?runs={stored[0][0]},{stored[0][1]}")
    assert "A 2 s, B 4 s" in data["note"]
    gone = {"kind": "ground_user", "id": "gu-4", "what": "gone", "label": "gone in B"}
    (difference,) = data["differences"]
    assert [{key: mark[key] for key in gone} for mark in difference["marks"]] == [gone]
    east_m, north_m, _ = answers[0].scenario.ground_users[-1].position_m
    assert difference["marks"][0]["position"][:2] == (east_m, north_m)
    assert "Ground user gu-4 removed." in difference["text"]
    assert difference["camera"]["span_m"] >= 100.0
    row = app.dataframe[0].value.set_index("Figure").loc["Data service"]
    first, second = (result.kpis["data_service_mbit"] for result in answers)
    assert (row["A"], row["B"]) == (f"{first:,.1f}", f"{second:,.1f}")
    assert row["B against A"].startswith(f"{second - first:+,.1f} Mbit")
    assert row["B against A"].endswith("better" if second > first else "worse")
    assert [button.label for button in app.get("download_button")] == ["Report (HTML)", "Report (PDF)", "CSV"]


def test_what_changed_is_told_in_words_without_markup(open_page, stored, sent):
    app = open_runs(open_page, stored[0], compare_part="What changed")
    assert not app.exception
    words = texts(app).replace("\\", "")
    assert "Carrier: 2 → 3.5 GHz." in words
    assert "Ground user gu-4 removed." in words
    assert "Length of a slot: 2 → 4 s." in words
    assert "How it was computed: the same way" in words
    assert "<b>x</b>" not in texts(app)
    assert {"radio.carrier_ghz", "number of ground_users"} < set(app.dataframe[0].value["Field"])


def test_winners_and_losers_are_those_of_the_results(open_page, stored, answers, sent):
    app = open_runs(open_page, stored[0], compare_part="Winners and losers")
    assert not app.exception
    assert "Only in the first run: gu-4." in texts(app)
    before, after = (user_data_mbit(result) for result in answers)
    for frame in app.dataframe:
        for row in frame.value.to_dict("records"):
            assert row["Difference, Mbit"] == pytest.approx(after[row["User"]] - before[row["User"]], abs=0.006)
    assert sum(len(frame.value) for frame in app.dataframe) == sum(abs(after[u] - before[u]) >= 0.05 for u in after)


def test_bad_addresses_are_dropped_with_a_note(open_page, stored, sent):
    (first, second), _ = stored
    app = open_page(PAGE)
    for runs, moment in (
        (f"{first},../etc", None),
        ("nothing", None),
        (f"{first},{first},{second},{first}x,a,b", "1"),
        (f"{first},{second}", "1e9"),
        (f"{second},{first}", "nan"),
        (f"{first},{second}", "-1"),
        (f"{second},{first}", "<script>"),
    ):
        app.query_params["runs"] = runs
        app.query_params.pop("t", None)
        if moment:
            app.query_params["t"] = moment
        app.run()
        assert not app.exception
        assert "left out" in texts(app), runs
        assert moment == "1" or "t" not in app.query_params
    app.run()
    assert "left out" not in texts(app)


def test_the_choice_goes_into_the_address_and_a_new_address_is_followed(open_page, stored, sent):
    app = open_page(PAGE)
    assert "runs" not in app.query_params
    assert [pane["title"] for pane in sent[-1]["panes"]] == ["Low band", MARKUP]  # the newest two, the older one first
    app.multiselect(key="compare_runs").set_value([stored[0][0], "demo"]).run()
    assert not app.exception
    assert app.query_params["runs"] in (f"{stored[0][0]},demo", [f"{stored[0][0]},demo"])
    assert "different areas" in sent[-1]["note"]
    app.query_params["runs"] = ",".join(stored[0])
    app.run()
    assert app.multiselect(key="compare_runs").value == stored[0]


def test_a_result_that_lost_a_file_is_told_and_its_row_is_still_compared(open_page, stored, sent):
    (stored[1].folder(stored[0][1]) / "result.nc").unlink()
    app = open_runs(open_page, stored[0], compare_part="Figures")
    assert not app.exception
    assert "not complete" in texts(app).replace("\\", "")
    assert not any("panes" in data for data in sent)
    assert app.dataframe[0].value.set_index("Figure").loc["Data service", "B"] != "–"


def test_the_run_behind_a_point_is_shown_and_leads_to_a_comparison(open_page, tmp_path, tiny):
    store, ids = RunStore(tmp_path), []
    for data, energy in ((80.0, 2.0), (90.0, 4.0), (85.0, 5.0)):
        ids.append(store.submit(tiny, title=f"{MARKUP} {data}"))
        end(store, ids[-1], "done", KPIS | {"data_service_mbit": data, "energy_kj": energy})
    app = open_page(PAGE, compare_part="Trade-offs")
    assert not app.exception
    assert "3 runs; 2 are on the Pareto front" in texts(app)
    table = app.dataframe[0].value
    assert dict(zip(table["Id"], table["On the front"], strict=True)) == {ids[0]: "yes", ids[1]: "yes", ids[2]: "no"}
    app.selectbox(key="tradeoff_run").set_value(ids[2]).run()
    assert not app.exception
    assert "85.0 Mbit" in [metric.value for metric in app.metric]
    (across,) = [button.key for button in app.button if button.key.startswith("go_Compare-")]
    assert across == f"go_Compare-{ids[2]},{ids[1]},{ids[0]}"
    app.selectbox(key="tradeoff_across").set_value("outage").run()
    assert not app.exception
    assert "1 are on" in texts(app)
    app.button(key=f"go_Replay-{ids[2]}").click().run()
    assert [app.query_params[name] for name in ("mode", "run")] == ["replay", ids[2]]


def test_without_runs_of_ones_own_the_recorded_ones_are_compared_before_and_after(open_page, sent):
    app = open_page(PAGE, compare_part="What changed")
    assert not app.exception
    assert app.multiselect(key="compare_runs").value == list(RECORDED)
    assert [pane["title"] for pane in sent[-1]["panes"]] == [run.title for run in recorded_runs()]
    assert "GBS gbs-4 added." in texts(app).replace("\\", "")
    figures = open_page(PAGE, compare_part="Figures").dataframe[0].value.set_index("Figure")
    assert figures.loc["Data service", "B against A"].endswith("better")


def test_without_any_runs_the_page_says_what_to_do(open_page, monkeypatch):
    monkeypatch.setattr("pages.shared.demo.recorded_runs", list)
    assert "Two runs with a result are needed" in texts(open_page(PAGE))
    assert "Two finished runs" in texts(open_page(PAGE, compare_part="Trade-offs"))


def test_the_address_wins_over_the_view_that_was_open(open_page, stored, sent):
    app = open_runs(open_page, stored[0], compare_part="Trade-offs")
    assert not app.exception
    assert len(sent[-1]["panes"]) == 2


def test_runs_of_spectrum_sharing_are_pointed_to(open_page, tmp_path, tiny):
    store = RunStore(tmp_path)
    run_id = store.submit(tiny)
    end(store, run_id, "done", {"mean_backlog_mbit": 1.0})
    with store.connection() as connection:
        connection.execute("UPDATE runs SET kind = 'spectrum sharing', method = 'greedy'")
    words = texts(open_page(PAGE)).replace("\\", "")
    assert "Runs of spectrum sharing (1 finished)" in words


def test_where_both_runs_ask_the_same_those_who_gain_and_lose_most_are_marked(answers, tiny_scenario, city_cache):
    first = answers[0]
    other = optimise(tiny_scenario, "straight", settings={"associator": "random"}, cache_dir=city_cache)
    (found,) = differences([first, other])
    before, after = user_data_mbit(first), user_data_mbit(other)
    assert {mark["what"] for mark in found["marks"]} == {"more", "less"} and found["camera"] is not None
    for mark in found["marks"]:
        change = after[mark["id"]] - before[mark["id"]]
        assert mark["what"] == ("more" if change > 0.0 else "less")
        assert mark["label"] == f"{change:+,.1f} Mbit in B"
    assert found["text"].startswith("B against A. From A to B, ")
    (same,) = differences([first, first])
    assert same["marks"] == [] and same["camera"] is None
