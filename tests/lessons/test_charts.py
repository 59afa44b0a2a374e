"""Charts of lessons: what a figure holds are the very numbers it was made of, with titles, units and names."""

import math

import pytest

from itnt_core.lessons import STEPS, RunSeen, charts, everything

ROWS = [
    {"series": name, "where": where, "value": 10.0 * where + extra}
    for name, extra in (("First", 0.0), ("Second", 0.5))
    for where in (1.0, 2.0, 3.0)
]
NAMES = ("First", "Second")
X, Y = charts.number_axis("where", "Distance, m"), charts.number_axis("value", "Rate, Mbit/s", zero=True)
MADE = ("lines", "paths", "here", "symbols", "area", "bars", "levels", "columns", "uprights", "surface")


def points(trace):
    return list(zip(trace["x"], trace["y"], strict=True))


def test_lines_hold_their_rows_and_differ_in_colour_and_dash():
    figure = charts.picture([charts.lines(ROWS, X, Y, NAMES)])
    assert [trace.name for trace in figure.data] == list(NAMES)
    assert points(figure.data[1]) == [(1.0, 10.5), (2.0, 20.5), (3.0, 30.5)]
    assert len({trace.line.color for trace in figure.data}) == len({trace.line.dash for trace in figure.data}) == 2
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Distance, m", "Rate, Mbit/s")
    assert figure.layout.yaxis.rangemode == "tozero"


def test_a_stepped_line_holds_its_value_until_the_next():
    assert charts.picture([charts.lines(ROWS, X, Y, NAMES, stepped=True)]).data[0].line.shape == "hv"


def test_a_single_line_is_named_in_the_legend_and_so_is_the_point_on_it():
    point = charts.here([{"where": 2.0, "value": 20.0}], X, Y, "this link")
    figure = charts.picture([charts.lines(ROWS, X, Y, ("First",)), point])
    assert [(trace.name, trace.showlegend) for trace in figure.data] == [("First", True), ("this link", True)]
    assert points(figure.data[1]) == [(2.0, 20.0)]


def test_a_logarithmic_axis_is_one():
    figure = charts.picture([charts.lines(ROWS, charts.log_axis("where", "Distance, m"), Y, NAMES)])
    assert figure.layout.xaxis.type == "log" and "2" in figure.layout.xaxis.ticktext


def test_bars_lie_beside_their_names_the_first_on_top():
    places = ("b", "a <i>", "c" * 90)
    rows = [{"series": name, "where": place, "value": len(place)} for name in NAMES for place in places]
    figure = charts.picture([charts.bars(rows, Y, charts.name_axis("where"), NAMES)])
    for trace in figure.data:
        assert trace.orientation == "h" and points(trace) == [(len(place), place) for place in places]
    axis = figure.layout.yaxis
    assert axis.categoryarray == places and axis.autorange == "reversed"
    assert axis.ticktext[:2] == ("b", "a &lt;i&gt;") and len(axis.ticktext[2]) == charts.LONGEST_NAME
    assert figure.layout.barmode == "group"


def test_levels_reach_from_the_floor_to_their_values():
    rows = [{"series": name, "value": value} for name, value in zip(NAMES, (-80.0, -95.0), strict=True)]
    figure = charts.picture([charts.levels(rows, Y, charts.name_axis("series"), NAMES, ("red", "blue"), -120.0)])
    assert [trace.base + trace.x[0] for trace in figure.data] == [-80.0, -95.0]
    assert [trace.customdata[0] for trace in figure.data] == [-80.0, -95.0]  # what one reads when one points
    assert not any(trace.showlegend for trace in figure.data)


def test_columns_stand_between_their_edges_and_upon_one_another():
    rows = [{"series": name, "where": low, "to": low + 0.5, "value": 3} for name in NAMES for low in (0.0, 2.0)]
    figure = charts.picture([charts.columns(rows, X, Y, "to", NAMES)])
    for trace in figure.data:
        edges = [(x - width / 2, x + width / 2) for x, width in zip(trace.x, trace.width, strict=True)]
        assert edges == [(0.0, 0.5), (2.0, 2.5)] and list(trace.y) == [3, 3]
    assert figure.layout.barmode == "stack"


def test_uprights_stand_at_their_values_over_the_whole_height():
    rows = [{"series": "First", "where": 1.5}, {"series": "Second", "where": 2.5}]
    layers = [charts.lines(ROWS, X, Y, NAMES), charts.uprights(rows, X, Y, NAMES, ("red", "blue"))]
    figure = charts.picture(layers)
    assert [points(trace) for trace in figure.data[2:]] == [[(1.5, 0.0), (1.5, 1.0)], [(2.5, 0.0), (2.5, 1.0)]]
    assert all(trace.yaxis == "y2" for trace in figure.data[2:])
    assert figure.layout.yaxis2.range == (0.0, 1.0) and figure.layout.yaxis2.overlaying == "y"


def test_a_surface_has_each_value_at_its_place_and_one_scale_on_both_axes():
    rows = [{"where": x, "value": y, "rate": 100.0 * x + y} for y in (5.0, 7.0, 6.0) for x in (2.0, 1.0)]
    figure = charts.picture([charts.surface(rows, X, Y, "rate", "Mbit/s")], equal=True)
    (trace,) = figure.data
    found = {(x, y): trace.z[row][column] for row, y in enumerate(trace.y) for column, x in enumerate(trace.x)}
    assert found == {(row["where"], row["value"]): row["rate"] for row in rows}
    assert figure.layout.yaxis.scaleanchor == "x"


def test_symbols_say_their_names_as_they_are():
    figure = charts.picture([charts.symbols([{"where": 1.0, "value": 2.0, "name": "gbs <1>"}], X, Y, "star", "black")])
    assert figure.data[0].hovertext == ("gbs &lt;1&gt;",) and points(figure.data[0]) == [(1.0, 2.0)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_every_number_a_lesson_gives_to_its_charts_is_in_their_figures(step, example, monkeypatch):
    given, pictures = [], []
    for name in MADE:
        monkeypatch.setattr(charts, name, noting(getattr(charts, name), given))
    made = charts.picture
    monkeypatch.setattr(charts, "picture", lambda *a, **k: pictures.append(made(*a, **k)) or pictures[-1])
    lesson = step.teach(example, {knob.key: knob.default for knob in step.knobs(example, {})})
    assert given and [id(chart.figure) for chart in lesson.charts] == [id(figure) for figure in pictures]
    shown = {round(value, 9) for figure in pictures for value in numbers(figure.to_plotly_json()["data"])}
    for rows in given:
        wanted = {round(v, 9) for row in rows for v in row.values() if isinstance(v, int | float)}
        assert wanted <= shown
    for figure in pictures:
        assert all(math.isfinite(value) for value in numbers(figure.to_plotly_json()["data"]))
        titles = [axis.title.text for axis in (figure.layout.xaxis, figure.layout.yaxis) if axis.type != "category"]
        assert all(titles)


def noting(make, given):
    def note(rows, *more, **named):
        given.append(rows)
        return make(rows, *more, **named)

    return note


def numbers(part):
    """Return all numbers in plain data, however deep."""
    if isinstance(part, dict):
        part = part.values()
    elif isinstance(part, str) or part is None:
        return []
    elif not hasattr(part, "__iter__"):
        return [float(part)]
    return [number for inner in part for number in numbers(inner)]


def test_the_own_runs_are_bars_with_their_titles_as_they_are():
    kpis = {"data_service_mbit": 431.0, "upper_bound_mbit": 500.0}
    runs = tuple(RunSeen(title, "Planner", kpis, "x", same_scenario=True) for title in ("<b>Bold</b>", "Second"))
    (chart,) = everything._own_charts(runs)
    assert [list(trace.x) for trace in chart.figure.data] == [[431.0, 431.0], [500.0, 500.0]]
    assert chart.figure.layout.yaxis.ticktext == ("1. &lt;b&gt;Bold&lt;/b&gt;", "2. Second")
