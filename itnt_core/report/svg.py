"""Drawings as SVG inside a page; colours are the page's own variables, fonts the page's own fonts."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_svg import RendererSVG

from .drawing import Drawing, Measures, style
from .palette import NAMES

_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_LEFT_OUT = {"metadata", "defs"}  # who made it when, and a style for the whole page
_DEFAULTS = "stroke-linejoin:round"


class _Renderer(Measures, RendererSVG):
    """Writes every shape where it stands, so that nothing refers to anything else."""

    draw_markers = RendererBase.draw_markers
    draw_path_collection = RendererBase.draw_path_collection


def svg(drawing: Drawing) -> str:
    """Return a drawing as one ``<svg>`` element that scales with the page; the same drawing gives the same text."""
    content = io.StringIO()
    with style():
        renderer = _Renderer(drawing.width_pt, drawing.height_pt, content, image_dpi=72, metadata={"Date": None})
        drawing.figure.draw(renderer)
        renderer.finalize()
    root = ElementTree.fromstring(content.getvalue())  # noqa: S314 - written a line above
    _clean(root)
    look = {"viewBox": root.get("viewBox", ""), "role": "img", "aria-label": drawing.alt, "style": _DEFAULTS}
    root.attrib.clear()
    root.attrib.update(look)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _clean(element: ElementTree.Element) -> None:
    """Leave what draws: no namespaces, ids or groups of one, no digits below a hundredth of a point."""
    element.tag = element.tag.rpartition("}")[2]
    element.attrib.pop("id", None)
    if "style" in element.attrib:
        element.set("style", _themed(element.get("style", "")))
    if "d" in element.attrib:
        element.set("d", _LONG_NUMBER.sub(_short, _dense(element.get("d", ""))))
    if element.tag != "text":
        element.text = None
    element.tail = None
    for child in list(element):
        if child.tag.rpartition("}")[2] in _LEFT_OUT:
            element.remove(child)
        else:
            _clean(child)


def _dense(steps: str) -> str:
    """Return the steps of a path without the blanks that they do not need."""
    steps = " ".join(steps.split())
    for step in "MLQCz":
        steps = steps.replace(f" {step}", step).replace(f"{step} ", step)
    return steps


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _themed(css: str) -> str:
    """Return a look in the page's colours and fonts."""
    parts = (part.strip() for part in _COLOUR.sub(_variable, css).split(";"))
    return ";".join(part for part in parts if part and not part.startswith("font-family"))


def _variable(colour: re.Match[str]) -> str:
    return f"var(--{NAMES[colour[0]]})"
