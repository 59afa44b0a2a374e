"""Drawings of reports: they show the arrays' numbers, lay out any name, and hold nothing that a page must fear."""

import re
import subprocess
import sys
import typing
import warnings
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
import shapely
from matplotlib.text import Text
from reading import pdf_text

from itnt_core.report import Document
from itnt_core.report import blocks as kinds
from itnt_core.report.assumptions import assumptions
from itnt_core.report.blocks import Block, Figure, Row
from itnt_core.report.charts import line_chart, numbered, short, sky_plot, spread, strip_chart
from itnt_core.report.drawing import label
from itnt_core.report.maps import _rings, map_drawing
from itnt_core.report.palette import DARK, LIGHT
from itnt_core.report.svg import _Renderer, svg
from itnt_core.report.to_html import to_html
from itnt_core.report.to_pdf import to_pdf
from itnt_core.scenario import Airspace, NoFlyZone
from itnt_core.studies import report_document

NAMES = (
    '<b>$x^2$</b> & "more"',
    "東京 Łódź Ελλάδα",
    "a name that is far longer than whatever room there is beside a line " * 2,
    "\x07bell",
)
TIMES = np.arange(9.0)


def chart(names=NAMES, steps=False):
    values = np.linspace(1.0, 40.0, 9 - steps)
    return line_chart(
        "Data", "Mbit", TIMES, [numbered(name, values * (1 + 0.01 * n), n, steps=steps) for n, name in enumerate(names)]
    )


def strips():
    return strip_chart(
        "Power", "W", TIMES, [numbered(name, np.arange(8.0), n, steps=True) for n, name in enumerate(NAMES)]
    )


def sky():
    azimuth = np.linspace(0.0, 170.0, 9)[:, None] + 90.0 * np.arange(len(NAMES))
    return sky_plot(NAMES, azimuth, np.full(azimuth.shape, 40.0))


def drawings(document):
    for block in document.blocks:
        if isinstance(block, Row | Figure):
            yield from (figure.drawing for figure in (block.figures if isinstance(block, Row) else (block,)))


@pytest.fixture(scope="module")
def documents(straight_folder, other_folder, twin_folder, city_cache):
    from itnt_core.report import Source

    run, other, twin = (
        Source(straight_folder, NAMES[0], "a"),
        Source(other_folder, NAMES[1], "b"),
        Source(twin_folder, NAMES[2], "c"),
    )
    return [report_document(sources, city_cache) for sources in ([run], [run, other], [twin])]


class Elements(HTMLParser):
    """Collects the elements of a drawing, and its texts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.texts = set(), [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.texts.append(data)


def test_a_drawing_in_a_page_refers_to_nothing_and_has_the_pages_colours(documents):
    seen = [svg(drawing) for document in documents for drawing in drawings(document)] + [svg(strips()), svg(sky())]
    assert len(seen) > 10
    for text in seen:
        read = Elements(text)
        assert read.tags <= {"svg", "g", "path", "text"}, read.tags
        assert not {"id", "href", "xlink:href", "clip-path", "class"} & {name for name, _ in read.attributes}
        looks = " ".join(value for name, value in read.attributes if name == "style")
        assert "url" not in looks and "#" not in looks and "font-family" not in looks
        assert {name[2:] for name in re.findall(r"--\w+", looks)} <= LIGHT.keys()


def test_names_in_any_script_are_drawn_as_they_are(documents):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = Elements(svg(chart()))
        paper = pdf_text(to_pdf(Document("t", "s", (Figure(chart(), "c"), Figure(strips(), "c"), Figure(sky(), "c")))))
    shown = " ".join(read.texts)
    for name in NAMES[:2]:
        assert name in shown and name in paper
    assert "…" in shown and "\x07" not in shown and "bell" in shown
    assert "<b>" not in svg(chart())


def test_no_text_is_cut_off(documents):
    every = [drawing for document in documents for drawing in drawings(document)] + [chart(), strips(), sky()]
    for drawing in every:
        renderer = _Renderer(drawing.width_pt, drawing.height_pt, __import__("io").StringIO(), metadata={"Date": None})
        drawing.figure.draw(renderer)
        texts = [text for text in drawing.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        assert texts
        for text in texts:
            box = text.get_window_extent(renderer)
            inside = (
                box.x0 >= -0.5
                and box.x1 <= drawing.width_pt + 0.5
                and box.y0 >= -2.5
                and box.y1 <= drawing.height_pt + 2.5
            )
            assert inside, (text.get_text(), box)


def test_lines_have_the_values_of_the_arrays(straight, documents):
    from itnt_core.report.curves import cumulated_mbit, served_share, station_power_w

    data, slot_s = straight.dataset, straight.scenario.time.slot_s
    service, _, _, power, served, *_ = [
        one for one in drawings(documents[0]) if "over time" in one.alt or "Sky" in one.alt
    ]
    total, running = 0.0, [0.0]
    for slot in range(data.sizes["slot"]):
        total += float(np.nan_to_num(data["rate_active_mbit_s"].values[slot]).sum()) * slot_s
        running.append(total)
    np.testing.assert_allclose(service.figure.axes[0].lines[0].get_ydata(), running)
    np.testing.assert_allclose(cumulated_mbit(straight, "active"), running)
    for axes, watts in zip(power.figure.axes, station_power_w(straight).T, strict=True):
        for step in axes.patches:
            np.testing.assert_allclose(step.get_data().values, watts)
    np.testing.assert_allclose(served.figure.axes[0].patches[0].get_data().values, 100.0 * served_share(straight))


def test_more_points_than_a_page_can_show_become_means():
    times = np.arange(3001.0)
    lines = line_chart("x", "y", times, [numbered("a", times, 0)]).figure.axes[0].lines[0]
    np.testing.assert_allclose(lines.get_ydata()[:3], [1.0, 4.0, 7.0])
    assert lines.get_xdata()[1] == 3.0 and len(lines.get_xdata()) == 1001


@pytest.mark.parametrize("seed", range(20))
def test_labels_keep_their_order_and_never_lie_over_one_another(seed):
    random = np.random.default_rng(seed)
    heights = random.choice([9.0, 18.0], 6)
    room = float(heights.sum() + random.choice([0.0, 5.0, 200.0]))
    wanted = random.uniform(0.0, room, 6) if seed % 2 else np.full(6, room)
    places = spread(wanted, heights, room)
    order = np.argsort(-wanted, kind="stable")
    for upper, lower in pairwise(order):
        assert places[upper] - places[lower] >= (heights[upper] + heights[lower]) / 2 - 1e-9
    assert places[order[0]] <= room + 1e-9
    alone = spread(wanted[:1], heights[:1], room)
    assert alone[0] == pytest.approx(np.clip(wanted[0], heights[0] / 2, room))


def test_a_hole_in_an_area_turns_the_other_way():
    area = shapely.Point(0, 0).buffer(10.0).difference(shapely.Point(0, 0).buffer(4.0))
    outer, inner = _rings([area, shapely.LineString([(0, 0), (1, 1)])])
    signed = [
        0.5 * float(np.sum(ring[:, 0] * np.roll(ring[:, 1], -1) - np.roll(ring[:, 0], -1) * ring[:, 1]))
        for ring in (outer, inner)
    ]
    assert signed[0] > 0.0 > signed[1] and sum(signed) == pytest.approx(area.area)


def test_the_map_has_every_station_flight_and_user_at_its_place(straight, city_cache):
    from itnt_core.network import build_world

    axes = map_drawing(straight, build_world(straight.scenario, cache_dir=city_cache).city).figure.axes[0]
    drawn = {
        tuple(np.round((float(np.ravel(line.get_xdata())[0]), float(np.ravel(line.get_ydata())[0])), 3))
        for line in axes.lines
    }
    data = straight.dataset
    for east, north, _ in [
        *data["ground_position_m"].values,
        *data["position_m"].values[0],
        *data["position_m"].values[-1],
    ]:
        assert tuple(np.round((east, north), 3)) in drawn
    for station in straight.scenario.ground_stations:
        assert (round(station.east_m, 3), round(station.north_m, 3)) in drawn
    flown = next(line for line in axes.lines if len(np.ravel(line.get_xdata())) > 2)
    np.testing.assert_allclose(flown.get_xdata(), data["position_m"].values[:, 0, 0])


def test_the_map_and_the_assumptions_tell_of_no_fly_zones_clearance_and_batteries(straight, tiny_world):
    zone = NoFlyZone(id="zone-1", corners_m=((0.0, 0.0), (400.0, 0.0), (0.0, 90.0)))  # beyond the border in the east
    user = straight.scenario.aerial_users[0].model_copy(update={"energy_budget_kj": 9.5})
    changes = {"no_fly_zones": (zone,), "airspace": Airspace(obstacles="buildings"), "aerial_users": (user,)}
    barred = straight.scenario.model_copy(update=changes)
    drawing = map_drawing(replace(straight, scenario=barred), tiny_world.city)
    edges = [line for line in drawing.figure.axes[0].lines if line.get_color() == LIGHT["zone"]]
    assert len(edges) == 1 and edges[0].get_xdata().max() == barred.area.size_m / 2
    assert drawing.alt.endswith("and 1 no-fly zone.")
    found = set(assumptions(barred)) - set(assumptions(straight.scenario))
    assert len(found) == 2 and "10 m from every building" in " ".join(found) and "9.5 kJ" in " ".join(found)


def test_the_same_document_gives_the_same_page_and_the_same_pdf(documents):
    for document in documents:
        assert to_html(document) == to_html(document) and to_pdf(document) == to_pdf(document)


def test_colours_have_one_name_each_and_lines_stand_out_on_paper_and_in_the_dark():
    assert len(set(LIGHT.values())) == len(LIGHT) and LIGHT.keys() == DARK.keys()
    for palette in (LIGHT, DARK):
        names = [name for name in palette if name.startswith("series")]
        assert min(contrast(palette[name], palette["paper"]) for name in [*names, "gbs", "gu"]) >= 3.0
        assert min(contrast(palette[name], palette["paper"]) for name in ("ink", "soft", "gbs", "gu")) >= 4.5


def contrast(one, other):
    """Return the contrast of two colours after WCAG 2."""

    def luminance(colour):
        parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255.0
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


SAMPLES = {
    kinds.Heading: kinds.Heading("<i>shown</i>"),
    kinds.Text: kinds.Text("<i>shown</i>"),
    kinds.Points: kinds.Points(("<i>shown</i>",)),
    kinds.Headlines: kinds.Headlines((kinds.Headline("<i>shown</i>", kinds.Number("key", 1.0, "1"), "why"),)),
    kinds.Table: kinds.Table("caption", ("<i>shown</i>", "b"), (("x", kinds.Number("k", 2.0, "2 W")),)),
    kinds.Figure: Figure(chart(("a",)), "<i>shown</i>"),
    kinds.Row: Row((Figure(chart(("a",)), "<i>shown</i>", 0.5),)),
    kinds.Code: kinds.Code(("<i>shown</i>",)),
}


@pytest.mark.parametrize("kind", typing.get_args(Block))
def test_every_kind_of_block_is_written_in_both_forms_and_its_words_are_inert(kind):
    document = Document("t", "s", (SAMPLES[kind],))
    page = to_html(document).decode()
    assert "&lt;i&gt;shown&lt;/i&gt;" in page and "<i>" not in page
    assert "<i>shown</i>" in pdf_text(to_pdf(document))


def test_labels_are_short_and_readings_have_four_figures():
    assert label("one two", 5) == "one\ntwo" and label(" ") == "–"
    assert [short(value) for value in (12345.6, 0.123456, float("nan"), 2.0)] == ["12,346", "0.1235", "-", "2"]


def test_naming_a_report_loads_no_matplotlib():
    code = "import sys, itnt_core.report, itnt_core.studies; from itnt_core.cli.commands import COMMANDS; "
    code += "import pkgutil; list(map(pkgutil.resolve_name, COMMANDS.values())); print('matplotlib' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_nothing_and_the_unknown_can_be_drawn():
    unknown = numbered("a", np.full(9, np.nan), 0)
    nothing = [
        line_chart("x", "y", TIMES, []),
        strip_chart("x", "y", TIMES, []),
        line_chart("x", "y", TIMES, [unknown]),
    ]
    page = to_html(Document("t", "s", tuple(Figure(drawing, "c") for drawing in nothing))).decode()
    assert page.count("<svg") == 3 and "nan" not in page.lower()
