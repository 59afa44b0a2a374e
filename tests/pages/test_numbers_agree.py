"""Every number that stands on two screens, in a report or in the command line's JSON, over three finished runs.

One table per kind of study, a line per number: its value out of the stored arrays, and where it is shown. A text agrees
with a value when it is that value, rounded to the digits that the text has.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from test_pages import texts

from itnt_core.cli import main
from itnt_core.mapdata import unpack
from itnt_core.mapdata.export import _facts
from itnt_core.mapdata.ready_stories import ready_story
from itnt_core.mapdata.replay import replay_bundle
from itnt_core.report import Source
from itnt_core.results import read_result, served_users
from itnt_core.runs import RunStore, cache_folder
from itnt_core.runs.executing import execute
from itnt_core.runs.exports import figures_table
from itnt_core.studies import report_bytes
from itnt_core.twin import twin_preset
from itnt_core.twin.result import read_twin_result
from itnt_core.words import replay_sentence

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))
from reading import Numbers

WHOLE_RUN_S = 45.7  # from start to end, as the store has it; none of the results knows it
METHODS = {"straight": {}, "planner": {"rounds": 1, "shakes": 0, "time_limit_s": 60.0}}
NUMBER = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?")


def agrees(shown, value):
    """Say whether what is shown, a text or a number, is the value to the digits shown."""
    if isinstance(shown, str):
        text = NUMBER.search(shown)[0].replace(",", "").replace("−", "-")
        digits = len(text.partition(".")[2])
        return abs(float(text) - value) <= 0.5000001 * 10.0**-digits
    return shown == pytest.approx(value, rel=1e-6, abs=1e-9)


class DataService:
    """The true numbers of a finished data-service run, out of its arrays."""

    def __init__(self, result):
        data, scenario = result.dataset, result.scenario
        self.result, self.kpis = result, result.kpis
        self.rate = np.nan_to_num(data["rate_active_mbit_s"].values)
        self.slot_s = scenario.time.slot_s
        self.data = float(self.rate.sum() * self.slot_s)
        self.always_on = float(np.nan_to_num(data["rate_always_on_mbit_s"].values).sum() * self.slot_s)
        self.bound = result.kpis["upper_bound_mbit"]
        self.served_bound = 100.0 * result.kpis["served_bound"]
        self.gap = 100.0 * (1.0 - self.data / self.bound)
        floor = scenario.qos.min_sinr_active_db
        sinr = data["sinr_active_db"].values
        self.is_served = (data["serving_station"].values >= 0) & (np.nan_to_num(sinr, nan=-1e9) >= floor)
        self.served = 100.0 * float(self.is_served.mean())
        self.outage = 100.0 - self.served
        self.energy = float(data["energy_j"].values.sum()) / 1000.0
        self.computing = result.kpis["wall_s"]
        self.whole_run = WHOLE_RUN_S
        self.violations = 0.0
        user_mbit = self.rate.sum(axis=0) * self.slot_s
        self.least, self.most = float(user_mbit.min()), float(user_mbit.max())
        self.at_once = float(self.is_served.sum(axis=1).mean())
        links = data["serving_station"].values
        self.handovers = float(((links[1:] != links[:-1]) & (links[1:] >= 0) & (links[:-1] >= 0)).sum())
        self.bound_share = 100.0 * self.data / self.bound


class Sharing:
    """The true numbers of a finished run of spectrum sharing, out of its arrays."""

    def __init__(self, result):
        data, self.kpis = result.dataset, result.kpis
        backlog = data["queue_mbit"].values.sum(axis=(0, 2))
        served = data["served_mbit"].values.sum(axis=(1, 2))
        self.mean, self.most, self.final = (float(value) for value in (backlog.mean(), backlog.max(), backlog[-1]))
        self.served = float(served.sum())
        self.by_satellite = 100.0 * float(served[1] / served.sum())
        self.computing, self.whole_run = result.kpis["wall_s"], WHOLE_RUN_S
        self.satisfied = 100.0 * result.kpis["satisfied_share"]
        self.delay, self.violations = result.kpis["delay_s"], 0.0
        self.plan, self.correction = result.kpis["plan_s"], result.kpis["refine_s_per_cycle"]


# What is shown: screen -> the name under which it stands there. Percentages in JSON and reports' raw values are shares.
DATA_SERVICE = {
    "data": {
        "card": "Data service",
        "runs": "Data service, Mbit",
        "replay": "Data service",
        "compare": "Data service",
        "report": "run.data_service_mbit",
        "both": "data_service_mbit",
        "json": "data_service_mbit",
        "evaluate": "data_service_mbit",
        "csv": "data_service_mbit",
        "file": "Data service",
        "bundle": "data",
        "users": "Data, Mbit",
        "story": r"download ([\d,.]+) Mbit",
        "alt": r"([\d,.]+) megabits",
    },
    "always_on": {
        "card": "Data service, always-on",
        "replay": "Data service, always-on",
        "compare": "Data service, always-on",
        "report": "run.data_service_always_on_mbit",
        "both": "data_service_always_on_mbit",
        "json": "data_service_always_on_mbit",
        "evaluate": "data_service_always_on_mbit",
        "csv": "data_service_always_on_mbit",
        "file": "Data service, always-on",
        "bundle": "always_on",
    },
    "bound": {
        "card": "Upper bound",
        "replay": "Upper bound",
        "compare": "Upper bound",
        "report": "run.upper_bound_mbit",
        "both": "upper_bound_mbit",
        "json": "upper_bound_mbit",
        "csv": "upper_bound_mbit",
        "file": "Upper bound",
        "bundle": "bound",
        "story": r"at most \(([\d,.]+) Mbit\)",
    },
    "bound_share": {"story": r"([\d.]+) % of the data that is proved"},
    "gap": {
        "card": "Gap",
        "runs": "Gap, %",
        "replay": "Gap",
        "compare": "Gap",
        "report": "run.gap",
        "both": "gap",
        "json": "gap",
        "csv": "gap",
        "file": "Gap",
    },
    "served": {
        "replay": "Served",
        "file": "Served",
        "compare": "Served",
        "bundle": "served",
        "users": "Served, %",
    },
    "served_bound": {
        "card": "Served at most",
        "replay": "Served at most",
        "compare": "Served at most",
        "report": "run.served_bound",
        "both": "served_bound",
        "json": "served_bound",
        "evaluate": "served_bound",
        "csv": "served_bound",
        "file": "Served at most",
    },
    "at_once": {"alt": r"on average ([\d.]+) users"},
    "outage": {
        "card": "Outage",
        "runs": "Outage, %",
        "replay": "Outage",
        "compare": "Outage",
        "report": "run.outage",
        "both": "outage",
        "json": "outage",
        "evaluate": "outage",
        "csv": "outage",
        "file": "Outage",
    },
    "energy": {
        "card": "Flight energy",
        "replay": "Flight energy",
        "compare": "Flight energy",
        "report": "run.energy_kj",
        "both": "energy_kj",
        "json": "energy_kj",
        "evaluate": "energy_kj",
        "csv": "energy_kj",
        "file": "Flight energy",
        "bundle": "energy",
    },
    "violations": {
        "card": "Violations",
        "replay": "Violations",
        "compare": "Violations",
        "report": "run.violations",
        "both": "violations",
        "json": "violations",
        "evaluate": "violations",
        "csv": "violations",
        "file": "Violations",
    },
    "computing": {
        "card": r"computed in ([\d.]+) s",
        "runs": "Computing time, s",
        "compare": "Computing time",
        "report": "run.wall_s",
        "both": "wall_s",
        "json": "wall_s",
        "evaluate": "wall_s",
        "csv": "wall_s",
    },
    "whole_run": {
        "card": r"whole run ([\d.]+) s",
        "runs": "Whole run, s",
        "json": "duration_s",
        "csv": "duration_s",
    },
    "least": {"story": r"gets least: ([\d,.]+) Mbit"},
    "most": {"story": r"gets most: ([\d,.]+) Mbit"},
    "handovers": {"bundle": "handovers"},
}
SHARING = {
    "mean": {
        "card": "Mean backlog",
        "runs": "Mean backlog, Mbit",
        "page": "Mean backlog, Mbit",
        "report": "run.mean_backlog_mbit",
        "json": "mean_backlog_mbit",
        "csv": "mean_backlog_mbit",
        "caption": r"Least backlog here: [^,]+, ([\d,]+) Mbit",
    },
    "most": {
        "card": "Greatest backlog",
        "page": "Greatest backlog, Mbit",
        "report": "run.max_backlog_mbit",
        "json": "max_backlog_mbit",
        "csv": "max_backlog_mbit",
    },
    "final": {
        "page": "Backlog at the end, Mbit",
        "report": "run.final_backlog_mbit",
        "json": "final_backlog_mbit",
        "csv": "final_backlog_mbit",
    },
    "served": {"report": "run.served_mbit", "json": "served_mbit", "csv": "served_mbit"},
    "by_satellite": {
        "card": "Served by satellite",
        "page": "Served by satellite, %",
        "report": "run.ntn_share",
        "json": "ntn_share",
        "csv": "ntn_share",
    },
    "satisfied": {
        "page": "Satisfied users, %",
        "report": "run.satisfied_share",
        "json": "satisfied_share",
        "csv": "satisfied_share",
    },
    "delay": {"page": "Mean wait, s", "report": "run.delay_s", "json": "delay_s", "csv": "delay_s"},
    "plan": {"page": "Time of a plan, s", "report": "run.plan_s", "json": "plan_s", "csv": "plan_s"},
    "correction": {
        "page": "Time of a correction, s",
        "report": "run.refine_s_per_cycle",
        "json": "refine_s_per_cycle",
        "csv": "refine_s_per_cycle",
    },
    "violations": {
        "page": "Violations",
        "report": "run.violations",
        "json": "violations",
        "csv": "violations",
    },
    "computing": {
        "card": r"computed in ([\d.]+) s",
        "runs": "Computing time, s",
        "json": "wall_s",
        "csv": "wall_s",
    },
    "whole_run": {
        "card": r"whole run ([\d.]+) s",
        "runs": "Whole run, s",
        "json": "duration_s",
        "csv": "duration_s",
    },
}
SHARES = {"gap", "outage", "served_bound", "by_satellite", "satisfied"}  # 0 to 1 where numbers are raw
RAW = {"report", "both", "json", "evaluate", "csv"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, city_cache):
    where = tmp_path_factory.mktemp("agree")
    cache_folder(where).symlink_to(city_cache)
    return where


@pytest.fixture(scope="module")
def runs(folder, tiny_scenario, city_cache):
    """Return the ids of three finished runs: two methods on the tiny scenario, one scheme of spectrum sharing."""
    store, found = RunStore(folder), {}
    for method, settings in METHODS.items():
        found[method] = store.submit(tiny_scenario, method, settings=settings)
    found["greedy"] = store.submit(twin_preset("toy", cache_dir=city_cache), "greedy")
    for run_id in found.values():
        result = execute(store.folder(run_id), city_cache)
        with store.connection() as connection:
            connection.execute(
                "UPDATE runs SET state = 'done', progress = 1, kpis = ?, started = 1, finished = 99, spent_s = ?"
                " WHERE id = ?",
                (json.dumps(result.kpis), WHOLE_RUN_S, run_id),
            )
    return found


@pytest.fixture(scope="module")
def printed(folder, runs):
    """Return what the command line prints as JSON of each run: everything it knows, and its judgement anew."""
    import contextlib
    import io

    def told(*arguments):
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
            patch.setenv("ITNT_DATA_DIR", str(folder))
            assert main(list(arguments)) == 0
        return out.getvalue()

    store = RunStore(folder)
    listed = {row["id"]: row for row in map(json.loads, told("runs", "list", "--json").splitlines())}
    for run_id in runs.values():
        shown = json.loads(told("runs", "show", run_id))
        assert {name: shown[name] for name in listed[run_id]} == listed[run_id]
    judged = {
        method: json.loads(told("evaluate", str(store.folder(runs[method]))).splitlines()[-1]) for method in METHODS
    }
    return listed, judged


def card_of(app, store, run_id, first):
    """Return the line of figures on a run's card, and its figures by label; cards stand newest first."""
    kind = store.get(run_id).kind
    order = [run.id for run in store.list() if run.kind == kind]
    lines = [text for text in (str(block.value) for block in app.caption) if text.startswith(f"{first} ")]
    line = lines[order.index(run_id)]
    return line, dict(re.findall(r"(?:^|· )([A-Za-z][A-Za-z ,-]*?) ([\d][\d,.]*)", line))


def cells(row):
    """Return a table's row as the page writes it: numbers without zeros at their end."""
    return {name: f"{value:.10g}" if isinstance(value, float | int) else value for name, value in row.items()}


def rows_of(app, column):
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


def found_in(screen, name):
    """Return what a screen shows under a name: a key of its mapping, or a pattern in its text."""
    text, figures = screen if isinstance(screen, tuple) else ("", screen)
    if name in figures:
        return figures[name]
    match = re.search(name, text)
    assert match, f"{name!r} does not stand in {text!r} or {list(figures)}"
    return match[1]


def check(table, truth, screens):
    """Compare every number of a table with what each screen shows; all that disagree are told together."""
    wrong, seen = [], 0
    for number, places in table.items():
        for screen, name in places.items():
            if screen not in screens:
                continue
            value, seen = getattr(truth, number), seen + 1
            value = value / 100.0 if number in SHARES and screen in RAW else value
            shown = found_in(screens[screen], name)
            if not agrees(shown, value):
                wrong.append(f"{number} on {screen}: shown {shown}, true {value}")
    assert wrong == []
    assert seen > len(table)


@pytest.mark.parametrize("method", METHODS)
def test_a_data_service_run_has_the_same_numbers_everywhere(method, open_page, folder, runs, printed, city_cache):
    open_page.data_folder = folder
    store, run_id = RunStore(folder), runs[method]
    run, result = store.get(run_id), read_result(store.folder(run_id))
    truth, bundle = DataService(result), unpack(replay_bundle(result))
    np.testing.assert_array_equal(truth.is_served, served_users(result.scenario, result.dataset))

    optimise = open_page("pages/3_Optimise.py", all_runs=True)
    listed = open_page("pages/4_Runs.py")
    row = rows_of(listed, "Id").set_index("Id").loc[run_id].to_dict()
    replay = open_page("pages/5_Replay.py", replay_choice=run_id, replay_tab="Users")
    users = rows_of(replay, "Mean rate, Mbit/s")
    replay.session_state["replay_tab"] = "Figures"
    replay.run()
    compare = open_page("pages/6_Compare.py", compare_part="Figures")
    compare.query_params["runs"] = ",".join(runs[name] for name in METHODS)
    compare.run()
    letter = "AB"[list(METHODS).index(method)]
    figures = rows_of(compare, "Figure")
    assert not any(app.exception for app in (optimise, listed, replay, compare))

    alone = Numbers(report_bytes([Source(store.folder(run_id), "run", run_id)], "html", city_cache)).found
    sources = [Source(store.folder(runs[name]), name, runs[name]) for name in METHODS]
    both = Numbers(report_bytes(sources, "html", city_cache)).found
    everything, judged = printed
    row_of_csv = figures_table([run]).iloc[0].to_dict()
    _, arrays = bundle
    links = arrays["serving_station"]
    facts = _facts(result, type("City", (), {"notice": ""})(), ready_story(result))
    told = " ".join(view.caption for view in ready_story(result).views)
    meta = bundle[0]
    screens = {
        "card": card_of(optimise, store, run_id, "Data service"),
        "runs": cells(row),
        "replay": {metric.label: metric.value for metric in replay.metric},
        "users": {
            "Data, Mbit": f"{users['Data, Mbit'].sum():.0f}",
            "Served, %": f"{users['Served, %'].mean():.0f}",
        },
        "compare": dict(zip(figures["Figure"], figures[letter], strict=True)),
        "report": {key: value for key, (value, _) in alone.items()},
        "both": {key.partition(".")[2]: value for key, (value, _) in both.items() if key.startswith(f"{method}.")},
        "json": everything[run_id]["kpis"] | {"duration_s": everything[run_id]["duration_s"]},
        "evaluate": judged[method],
        "csv": row_of_csv,
        "file": {label: text for label, text, _ in facts["figures"]},
        "bundle": {
            "data": f"{arrays['service_total_mbit'][-1]:.2f}",
            "always_on": f"{arrays['service_always_on_mbit'][-1]:.2f}",
            "bound": meta["upper_bound_mbit"],
            "served": 100.0 * float(arrays["served"].mean()),
            "energy": f"{arrays['energy_kj'][-1].sum():.3f}",
            "handovers": float(((links[1:] != links[:-1]) & (links[1:] >= 0) & (links[:-1] >= 0)).sum()),
        },
        "story": (told, {}),
        "alt": (replay_sentence(result), {}),
    }
    check(DATA_SERVICE, truth, screens)
    shown_as = {
        key: (value, text) for key, (value, text) in alone.items() if key.startswith("run.") and "%" not in text
    }
    assert all(agrees(text, value) for value, text in shown_as.values() if NUMBER.search(text) and "e" not in text)


def test_a_run_of_spectrum_sharing_has_the_same_numbers_everywhere(open_page, folder, runs, printed, city_cache):
    open_page.data_folder = folder
    store, run_id = RunStore(folder), runs["greedy"]
    run, result = store.get(run_id), read_twin_result(store.folder(run_id))
    truth = Sharing(result)
    page = open_page("pages/7_Spectrum_twin.py", twin_question=result.scenario, twin_tab="Schemes")
    cards = open_page("pages/7_Spectrum_twin.py", twin_question=result.scenario, twin_tab="Runs")
    listed = open_page("pages/4_Runs.py")
    assert not page.exception and not cards.exception and not listed.exception
    report = Numbers(report_bytes([Source(store.folder(run_id), "run", run_id)], "html", city_cache)).found
    everything, _ = printed
    check(
        SHARING,
        truth,
        {
            "card": card_of(cards, store, run_id, "Mean backlog"),
            "runs": cells(rows_of(listed, "Id").set_index("Id").loc[run_id].to_dict()),
            "page": cells(rows_of(page, "Scheme").iloc[0].to_dict()),
            "report": {key: value for key, (value, _) in report.items()},
            "json": everything[run_id]["kpis"] | {"duration_s": everything[run_id]["duration_s"]},
            "csv": figures_table([run]).iloc[0].to_dict(),
        },
    )
    assert "Nothing has finished yet" not in texts(page)
