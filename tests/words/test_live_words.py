"""What the live optimum says of an edit, counted by hand."""

import pytest

from itnt_core.words import live_figures, live_headline


def said(now, before, users, users_before):
    """Return the headline for totals and users' data in Mbit."""
    return live_headline({"data_service_mbit": now}, {"data_service_mbit": before}, users, users_before)


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        ({"a": 110.0, "b": 90.0, "c": 100.5}, "+10.0 % data, 1 user gains, 1 loses"),
        ({"a": 110.0, "b": 110.0, "c": 100.0}, "+10.0 % data, 2 users gain, 0 lose"),
        ({"a": 90.0, "b": 90.0, "new": 500.0}, "+10.0 % data, 0 users gain, 2 lose"),
    ],
)
def test_users_of_both_questions_are_counted_who_get_over_a_hundredth_more_or_less(users, expected):
    assert said(330.0, 300.0, users, {"a": 100.0, "b": 100.0, "c": 100.0}) == expected


def test_a_change_that_would_be_written_as_nothing_is_called_that():
    assert said(300.1, 300.0, {"a": 300.1}, {"a": 300.0}) == "Hardly a change"
    swapped = said(300.0, 300.0, {"a": 200.0, "b": 100.0}, {"a": 100.0, "b": 200.0})
    assert swapped == "+0.0 % data, 1 user gains, 1 loses"


def test_where_nothing_was_served_before_there_is_no_share():
    assert said(30.0, 0.0, {"a": 30.0}, {"a": 0.0}) == "+30 Mbit, 1 user gains, 0 lose"


def test_the_first_answer_changes_nothing():
    assert live_headline({"data_service_mbit": 1.0}, None, {}, {}) == "First answer to this scenario"


def test_a_bound_that_is_not_known_yet_is_left_out():
    kpis = {"data_service_mbit": 3515.1, "outage": 0.02, "energy_kj": 194.1}
    labels = [label for label, _ in live_figures(kpis, 0.352)]
    assert labels == ["Data service", "Outage", "Flight energy", "By satellite"]
    bounded = dict(live_figures({**kpis, "upper_bound_mbit": 3691.0, "gap": 0.0476}, 0.352))
    assert bounded == {
        "Data service": "3,515.1 Mbit",
        "Gap": "4.76 %",
        "Upper bound": "3,691.0 Mbit",
        "Outage": "2.00 %",
        "Flight energy": "194.1 kJ",
        "By satellite": "35.2 %",
    }
