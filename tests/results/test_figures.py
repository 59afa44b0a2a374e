"""A figure of a result has one name, unit and number of digits wherever it stands."""

import re

import pytest

from itnt_core.dispatch import DISPATCH_FIGURES
from itnt_core.figures.twin import scheme_rows
from itnt_core.installed import asset
from itnt_core.report.run_report import _headlines
from itnt_core.results import DATA_FIGURES, DERIVED_FIGURES, card_rows, list_row, outcomes, read_result, table_row
from itnt_core.twin import TWIN_FIGURES
from itnt_core.words import headline_figures
from itnt_core.words.comparison import comparison_figures, kpi_rows

EVERY = {
    "data service": (*DATA_FIGURES, *DERIVED_FIGURES),
    "spectrum sharing": TWIN_FIGURES,
    "dispatching": DISPATCH_FIGURES,
}


@pytest.fixture(scope="module")
def result():
    return read_result(asset("demo"))


@pytest.fixture(scope="module")
def written(result):
    """Return what stands under each name on cards and headlines, on Compare and in a report."""
    judged = type("Judged", (), {"name": "run", "kpis": result.kpis})()
    compared = {
        row["Figure"]: f"{row['A']} {row['Unit']}".rstrip()
        for row in kpi_rows([comparison_figures(result.kpis, result)])
    }
    reported = {item.label: item.number.text for item in _headlines(judged).items}
    return {label: value for label, value, _ in headline_figures(result.kpis)}, compared, reported


@pytest.mark.parametrize("study", EVERY)
def test_no_two_figures_have_one_name(study):
    figures = EVERY[study]
    assert len({figure.label for figure in figures}) == len({figure.key for figure in figures}) == len(figures)


def test_cards_comparison_and_report_write_the_same_text_under_the_same_name(result, written):
    cards, compared, reported = written
    known = {figure.label for figure in outcomes(DATA_FIGURES) if figure.is_needed or figure.key in result.kpis}
    assert known <= compared.keys() & reported.keys() and len(known) >= 8
    assert len(cards.keys() & compared.keys()) >= 8
    for figure in (*outcomes(DATA_FIGURES), *DERIVED_FIGURES):
        if figure.label not in known and figure in DATA_FIGURES:
            continue
        texts = {screen[figure.label] for screen in written if figure.label in screen}
        assert len(texts) == 1, (figure.label, texts)
        shown = re.fullmatch(r"[\d,]+(?:\.(\d+))?(?: (\S+))?", texts.pop())
        assert (len(shown[1] or ""), shown[2] or "") == (figure.digits, figure.unit)


def test_the_list_of_runs_rounds_as_cards_do(result):
    row, cards = (
        list_row(DATA_FIGURES, result.kpis),
        {label: text for label, text, _ in card_rows(DATA_FIGURES, result.kpis)},
    )
    assert len(row) >= 3
    for figure in DATA_FIGURES:
        if figure.is_listed:
            assert cards[figure.label] == figure.text(row[figure.heading])


def test_the_table_of_schemes_has_the_figures_of_the_study():
    kpis = {figure.key: 0.123456 for figure in TWIN_FIGURES} | {"scheme": "greedy"}
    (row,) = scheme_rows([type("Result", (), {"kpis": kpis})()])
    assert row == {"Scheme": "Greedy full reuse", **table_row(outcomes(TWIN_FIGURES), kpis)}
    assert row["Satisfied users, %"] == 12.3 and "Seed" not in row


def test_what_is_not_known_is_not_written():
    assert set(table_row(DATA_FIGURES, {"gap": float("nan"), "outage": True}).values()) == {None}
    assert card_rows(DATA_FIGURES, None) == []
