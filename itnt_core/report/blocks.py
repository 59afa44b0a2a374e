"""What a report consists of, independent of how it is written: a page and a PDF are made of the same blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .drawing import Drawing  # matplotlib is slow to import, and whoever only names a block needs none


@dataclass(frozen=True)
class Number:
    """A number with its key for machines, its value in full and its text for people."""

    key: str
    value: float
    text: str


Cell = str | Number


@dataclass(frozen=True)
class Heading:
    """The heading of a part."""

    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; a note is smaller, a warning stands out."""

    text: str
    kind: Literal["plain", "note", "warning", "good"] = "plain"


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Headline:
    """One large figure: what it is, the number with its unit, how it is meant."""

    label: str
    number: Number
    explanation: str


@dataclass(frozen=True)
class Headlines:
    """The large figures of a run, side by side."""

    items: tuple[Headline, ...]


@dataclass(frozen=True)
class Table:
    """A table with its caption; ``wide`` names columns that hold sentences and may take the room that is left."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    wide: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption; ``share`` of the width of the page."""

    drawing: Drawing
    caption: str
    share: float = 1.0


@dataclass(frozen=True)
class Row:
    """Figures side by side, whose shares are 1 at most altogether; nothing parts them on paper."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Code:
    """Lines to be typed."""

    lines: tuple[str, ...]


Block = Heading | Text | Points | Headlines | Table | Figure | Row | Code


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
    notice: str = ""
    facts: dict[str, str] = field(default_factory=dict)
