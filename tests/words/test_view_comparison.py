"""Figures of several runs with their differences, and who wins: recomputed here from the raw arrays, in plain loops."""

from types import SimpleNamespace

import pytest

from itnt_core.figures.winners import (
    top_losers,
    top_winners,
    user_differences,
    users_of_one,
    winner_rows,
    winners_figure,
    winners_sentence,
)
from itnt_core.objective import COVERAGE_FIRST, DATA
from itnt_core.scenario import Area, GroundUser
from itnt_core.words.comparison import (
    FIGURES,
    best_sentence,
    comparison_figures,
    comparison_notes,
    difference,
    difference_words,
    jain_index,
    kpi_rows,
    kpi_table,
)

PICTURE = "data:image/png;base64,"


@pytest.fixture
def other(result):
    """A second result: user 0 gets more, user 1 less, the others the same; half of the flight energy."""
    data = result.dataset.copy(deep=True)
    data["rate_active_mbit_s"].values[:, 0] *= 3.0
    data["rate_active_mbit_s"].values[2:, 1] = 0.0
    data["energy_j"].values *= 0.5
    kpis = result.manifest["kpis"] | {"data_service_mbit": 26.0, "energy_kj": 2.5, "upper_bound_mbit": 40.0}
    return SimpleNamespace(scenario=result.scenario, dataset=data, manifest={"kpis": kpis})


def figures(one):
    return comparison_figures(one.manifest["kpis"], one)


def downloaded(result, user):
    """Sum one user's rates slot by slot."""
    total, slots = 0.0, result.dataset.sizes["slot"]
    for slot in range(slots):
        total += float(result.dataset["rate_active_mbit_s"][slot, user]) * result.scenario.time.slot_s
    return total


def test_figures_are_those_of_the_arrays(result):
    found = figures(result)
    data = result.dataset
    users = data.sizes["user"]
    totals = [downloaded(result, user) for user in range(users)]
    served = sum(
        int(data["serving_station"][slot, user]) >= 0 for slot in range(data.sizes["slot"]) for user in range(users)
    )
    assert found["served_share"] == pytest.approx(100.0 * served / (data.sizes["slot"] * users))
    assert found["fairness"] == pytest.approx(sum(totals) ** 2 / (users * sum(value**2 for value in totals)))
    seconds = data.sizes["slot"] * result.scenario.time.slot_s
    assert found["mean_rate_mbit_s"] == pytest.approx(sum(totals) / seconds)
    assert found["flight_power_w"] == pytest.approx(float(data["energy_j"].sum()) / seconds)
    assert found["upper_bound_mbit"] is None


def test_figures_of_a_run_without_a_readable_result_are_those_of_its_row():
    found = comparison_figures({"data_service_mbit": 5.0, "gap": 0.25, "wall_s": float("nan"), "energy_kj": True}, None)
    assert (found["data_service_mbit"], found["gap"], found["wall_s"], found["energy_kj"]) == (5.0, 25.0, None, None)
    assert found["fairness"] is None
    assert set(comparison_figures(None, None)) == set(FIGURES)


@pytest.mark.parametrize(
    ("key", "first", "second", "absolute", "percent", "verdict"),
    [
        ("data_service_mbit", 20.0, 26.0, 6.0, 30.0, "better"),
        ("data_service_mbit", 20.0, 14.0, -6.0, -30.0, "worse"),
        ("energy_kj", 5.0, 2.5, -2.5, -50.0, "better"),
        ("outage", 0.0, 20.0, 20.0, None, "worse"),
        ("upper_bound_mbit", 10.0, 20.0, 10.0, 100.0, "differs"),
        ("violations", 0.0, 0.0, 0.0, None, "the same"),
        ("data_service_mbit", 20.01, 20.02, 0.01, 0.05, "the same"),  # they are shown as the same number
    ],
)
def test_a_difference_has_size_share_and_direction(key, first, second, absolute, percent, verdict):
    found = difference(key, first, second)
    assert found.absolute == pytest.approx(absolute)
    assert found.percent == (None if percent is None else pytest.approx(percent, rel=1e-2))
    assert found.verdict == verdict


def test_differences_are_said_with_sign_unit_and_verdict():
    assert difference_words("data_service_mbit", 2000.0, 3034.5) == "+1,034.5 Mbit (+51.7 %), better"
    assert difference_words("gap", 30.0, 10.0) == "-20.00 points, better"
    assert difference_words("upper_bound_mbit", 10.0, 12.0) == "+2.0 Mbit (+20.0 %)"
    assert difference_words("energy_kj", None, 2.0) == "–"
    assert difference_words("energy_kj", 2.0, 2.0) == "the same"


def test_the_table_shows_known_figures_and_the_file_holds_numbers(result, other):
    rows = {row["Figure"]: row for row in kpi_rows([figures(result), figures(other)])}
    assert rows["Flight energy"] == {
        "Figure": "Flight energy",
        "Unit": "kJ",
        "A": "5.0",
        "B": "2.5",
        "B against A": "-2.5 kJ (-50.0 %), better",
    }
    assert rows["Upper bound"]["A"] == rows["Upper bound"]["B against A"] == "–"
    assert "Gap" not in rows  # neither run has one
    table = kpi_table(["=first", "second"], [figures(result), figures(other)])
    entry = next(row for row in table if row["figure"] == "Flight energy" and row["run"] == "second")
    assert (entry["value"], entry["difference_to_first"], entry["difference_percent"]) == (2.5, -2.5, -50.0)
    assert len(table) == 2 * len(FIGURES)


def test_the_run_with_most_data_is_named_with_what_it_costs(result, other):
    told = best_sentence("AB", [figures(result), figures(other)], [DATA] * 2)
    assert told == "B serves most data: 6.0 Mbit (+30.0 %) more than A. It spends 2.5 kJ (-50.0 %) less flight energy."
    assert best_sentence("AB", [figures(result)] * 2, [DATA] * 2) == "A and B serve the same data, 20.0 Mbit."
    assert best_sentence("AB", [figures(result), comparison_figures(None, None)], [DATA] * 2) == ""


def test_the_best_run_is_the_best_by_the_objective(result, other):
    """A serves fewer user slots and more data than C: which of them is best, the objective says."""
    less = comparison_figures({"data_service_mbit": 15.0, "outage": 0.1, "energy_kj": 5.0}, None)
    names, three = "ABC", [figures(result), figures(other), less]
    first, alone = (best_sentence(names, three, [objective] * 3) for objective in (COVERAGE_FIRST, DATA))
    assert first.startswith(
        "C is best, coverage first: it serves 10 points more of the user slots than B, with -11.0 Mbit (-42.3 %) of"
    )
    assert alone.startswith("B serves most data: 6.0 Mbit (+30.0 %) more than A.")
    tie = best_sentence("AB", three[:2], [COVERAGE_FIRST] * 2)
    assert tie.startswith(
        "B and A serve 80.00 % of the user slots, and B serves most data: 6.0 Mbit (+30.0 %) more than"
    )
    same = best_sentence("AB", [three[0]] * 2, [COVERAGE_FIRST] * 2)
    assert same == "A and B serve 80.00 % of the user slots and the same data, 20.0 Mbit."


def test_runs_with_different_objectives_have_no_best(result, other):
    told = best_sentence("AB", [figures(result), figures(other)], [COVERAGE_FIRST, DATA])
    assert told == "The runs have not the same objective (A coverage first, B data), so none of them is called best."


@pytest.mark.parametrize(("data", "index"), [([3, 3, 3], 1.0), ([5, 0, 0, 0], 0.25), ([0, 0], None), ([], None)])
def test_jains_index_is_one_for_equals_and_one_nth_for_a_single_winner(data, index):
    assert jain_index(data) == index


def test_what_clock_and_camera_hide_is_said(scenario):
    assert comparison_notes([scenario, scenario]) == []
    time = scenario.time.model_copy(update={"slots": 4, "slot_s": 1.0})
    notes = comparison_notes([scenario, scenario.model_copy(update={"time": time, "area": Area(size_m=2000.0)})])
    assert notes[0] == "B ends after 4 s of 10 s; from then on its last state is shown."
    assert "A 2 s, B 1 s" in notes[1]
    assert "different areas" in notes[2]


def test_each_users_difference_is_that_of_the_arrays(result, other):
    found = {entry.user: entry for entry in user_differences(result, other)}
    assert len(found) == 5
    for number, entry in enumerate(found[f"user-{index}"] for index in range(5)):
        assert entry.mbit == pytest.approx(downloaded(other, number) - downloaded(result, number))
        assert entry.first_mbit == pytest.approx(downloaded(result, number))
    assert [found[f"user-{index}"].sign for index in range(5)] == [1, -1, 0, 0, 0]
    ordered = user_differences(result, other)
    assert [entry.mbit for entry in ordered] == sorted((entry.mbit for entry in ordered), reverse=True)
    assert (found["user-0"].kind, found["user-4"].kind) == ("aerial", "ground")
    assert (found["user-0"].east_m, found["user-4"].north_m) == (90.0, 1.0)  # middle of the flight; the ground


def test_winners_and_losers_are_told_listed_and_drawn(result, other):
    found = user_differences(result, other)
    total = sum(downloaded(other, user) - downloaded(result, user) for user in range(5))
    assert winners_sentence(found, "A", "B") == (
        f"From A to B, 1 of 5 users download more, 1 less and 3 the same: {total:+,.1f} Mbit altogether."
    )
    assert [entry.user for entry in top_winners(found)] == ["user-0"]
    assert [entry.user for entry in top_losers(found)] == ["user-1"]
    rows = {row["User"]: row for row in winner_rows(found)}
    assert (rows["user-0"]["Difference, %"], rows["user-0"]["Downloads"]) == (200.0, "more")
    assert rows["user-4"]["Difference, %"] is None  # it downloads nothing in the first run
    users = winners_figure(found, other, PICTURE).data[1]
    shapes = dict(zip((row[0] for row in users.customdata), users.marker.symbol, strict=True))
    assert (shapes["user-0"], shapes["user-1"], shapes["user-2"]) == ("triangle-up", "triangle-down", "circle-open")
    assert users.marker.cmin == -users.marker.cmax


def test_users_of_one_run_only_are_named_and_not_compared(result, other):
    data = other.dataset.assign_coords(user=["user-0", "user-1", "user-2", "user-3", "guest"])
    data = data.assign_coords(ground_user=["user-2", "user-3", "guest"])
    stranger = SimpleNamespace(scenario=other.scenario, dataset=data)
    assert users_of_one(result, stranger) == (["user-4"], ["guest"])
    assert {entry.user for entry in user_differences(result, stranger)} == {f"user-{number}" for number in range(4)}


def test_a_user_that_moved_is_drawn_where_the_second_run_has_it(result, other):
    moved = other.dataset.copy(deep=True)
    moved["ground_position_m"].values[0] = [-300.0, 200.0, 1.5]
    scenario = other.scenario.model_copy(update={"ground_users": (GroundUser(id="x", east_m=0.0, north_m=0.0),)})
    found = user_differences(result, SimpleNamespace(scenario=scenario, dataset=moved))
    assert {(entry.east_m, entry.north_m) for entry in found if entry.user == "user-2"} == {(-300.0, 200.0)}
