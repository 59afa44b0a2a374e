"""How charts look: one palette, ticks at round numbers, text shown as it is; and one chart library."""

import re
from pathlib import Path

import pytest

from itnt_core.figures import style

ROOT = Path(__file__).resolve().parents[2]
OURS = [ROOT / "dashboard.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "itnt_core").rglob("*.py")]


def test_charts_are_drawn_with_one_library():
    others = re.compile(r"altair|vega|st\.(line|bar|area|scatter)_chart", re.IGNORECASE)
    assert [path.name for path in OURS if others.search(path.read_text(encoding="utf-8"))] == []


def test_the_palette_stands_in_one_place():
    rooms = [path for folder in ("figures", "lessons") for path in (ROOT / "itnt_core" / folder).rglob("*.py")]
    palette = re.compile("|".join((*style.COLOURS, style.SKY)), re.IGNORECASE)
    own = {path.name for path in rooms if palette.search(path.read_text(encoding="utf-8"))}
    assert own == {"style.py", "skyplot.py"}  # the sky's colours are those of the map


def test_there_are_as_many_dashes_as_colours_and_no_two_are_alike():
    assert len(set(style.DASHES)) == len(style.DASHES) == len(set(style.COLOURS))


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([30.0, 1500.0], ["50", "100", "200", "500", "1,000"]),
        ([0.03, 0.6], ["0.05", "0.1", "0.2", "0.5"]),
        ([7.0], []),
        ([], []),
    ],
)
def test_a_logarithmic_axis_is_ticked_at_round_numbers(values, shown):
    ticks = style.log_ticks(values)
    beside = zip(ticks.get("tickvals", []), ticks.get("ticktext", []), strict=True)
    assert [text for value, text in beside if min(values) <= value <= max(values)] == shown


@pytest.mark.parametrize(("values", "step"), [([3, 9], 1), ([1, 40], None), ([], None)])
def test_few_whole_numbers_are_ticked_one_by_one(values, step):
    assert style.whole_ticks(values).get("dtick") == step


def test_an_enlarged_figure_leaves_the_first_as_it_was():
    import plotly.graph_objects as go

    figure = style.laid_out(go.Figure(go.Scatter(x=[1, 2], y=[3, 4])), 300, "Time, s", "Rate, Mbit/s")
    before = figure.to_dict()
    large = style.enlarged(figure, 520)
    assert figure.to_dict() == before
    assert (large.layout.height, large.layout.xaxis.tickfont.size) == (520, style.LECTURE_PX)
    assert style.enlarged(figure, 200).layout.height == 300
    assert large.layout.yaxis.title.text == "Rate, Mbit/s" and large.data == figure.data


def test_text_is_shown_as_it_is():
    assert style.plain("a<b>&") == "a&lt;b&gt;&amp;"
