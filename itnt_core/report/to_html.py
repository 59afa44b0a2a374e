"""A report as one HTML file: no script, no request, light and dark, and fit for paper."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from itnt_core.data import delivered

from .blocks import Code, Document, Figure, Heading, Headlines, Number, Points, Row, Table, Text
from .palette import DARK, LIGHT
from .svg import svg

_KINDS = (Code, Figure, Heading, Headlines, Number, Points, Row, Table, Text)


def to_html(document: Document) -> bytes:
    """Return a report as a self-contained page; every number carries its key and full value in ``data-`` attributes."""
    style = Markup(delivered("report/report.css").read_text(encoding="utf-8"))  # noqa: S704 - delivered, nobody's input
    return _template().render(document=document, style=style, light=LIGHT, dark=DARK).encode()


@lru_cache(maxsize=1)
def _template() -> Template:
    """Return the page with what it asks of blocks: names it does not know are errors, what is not ours is escaped."""
    environment = Environment(
        loader=FileSystemLoader(delivered("report")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["svg"] = lambda drawing: Markup(svg(drawing))  # noqa: S704 - written by matplotlib, escaped there
    environment.filters["in_full"] = repr
    environment.filters["variables"] = _variables
    environment.filters["column_kinds"] = _column_kinds
    for kind in _KINDS:
        environment.tests[kind.__name__.lower()] = lambda block, kind=kind: isinstance(block, kind)
    return environment.get_template("report.html.jinja")


def _variables(palette: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())


def _column_kinds(table: Table) -> list[str]:
    """Return for every column whether it holds numbers, or sentences that may take the room that is left."""
    kinds = ["wide" if column in table.wide else "" for column in range(len(table.columns))]
    for row in table.rows:
        kinds = ["number" if isinstance(cell, Number) else kind for kind, cell in zip(kinds, row, strict=True)]
    return kinds
