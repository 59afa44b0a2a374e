"""A report as a PDF on A4: text, tables that go on over pages, and vector figures; laid out by ReportLab."""

from __future__ import annotations

import io

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepInFrame,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from .blocks import Block, Cell, Code, Document, Figure, Heading, Headlines, Number, Points, Row, Table, Text
from .drawing import Drawing
from .fonts import BODY, BOLD, markup, register, runs, text_width
from .palette import LIGHT
from .pdf_drawing import draw

MARGIN, FOOT = 16 * mm, 20 * mm
WIDTH = A4[0] - 2 * MARGIN
TALLEST = 240 * mm  # of a figure: it fits on a page, with its caption
GAP = 12.0  # between figures side by side
SMALLEST, CAPTION = 0.85, 34.0  # how small figures become to stay on a page; height of a caption
HEADLINES_PER_ROW = 5  # figures beside one another
CELL_PADDING = 4.0  # points
NARROWEST = 34.0  # points: a column


def _style(size: float, **more: object) -> ParagraphStyle:
    colour = HexColor(LIGHT[str(more.pop("colour", "ink"))])
    lead = {"leading": size * 1.36, "fontName": BODY, "textColor": colour, "splitLongWords": 1}
    return ParagraphStyle("", fontSize=size, **{**lead, **more})


STYLES = {
    "title": _style(20, fontName=BOLD, spaceAfter=2),
    "subtitle": _style(10, colour="soft", spaceAfter=8),
    "heading": _style(13, fontName=BOLD, spaceBefore=14, spaceAfter=4, keepWithNext=1),
    "plain": _style(9.2, spaceAfter=4),
    "note": _style(8, colour="soft", spaceAfter=4),
    "good": _style(9.2, spaceBefore=4, spaceAfter=8, backColor=HexColor("#e8f4ef"), borderPadding=5),
    "warning": _style(9.2, spaceBefore=4, spaceAfter=8, backColor=HexColor("#fbe9df"), borderPadding=5),
    "caption": _style(8, colour="soft", spaceBefore=2, spaceAfter=4),
    "cell": _style(7.4),
    "head": _style(7.4, fontName=BOLD),
    "number": _style(7.4, alignment=TA_RIGHT),
    "number head": _style(7.4, fontName=BOLD, alignment=TA_RIGHT),
    "code": _style(8, backColor=HexColor("#f1f2f4"), borderPadding=4, spaceBefore=4, spaceAfter=8),
    "label": _style(7.6, colour="soft"),
    "value": _style(13, fontName=BOLD),
    "point": _style(9.2, leftIndent=12, bulletIndent=2, spaceAfter=2),
}


def to_pdf(document: Document) -> bytes:
    """Return a report as a PDF; the same document gives the same bytes."""
    register()
    target = io.BytesIO()
    frame = Frame(
        MARGIN, FOOT, WIDTH, A4[1] - MARGIN - FOOT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )
    pages = BaseDocTemplate(
        target,
        pagesize=A4,
        title=f"{document.title} · report",
        author="ITNT Studio",
        subject=document.subtitle,
        lang="en",
        invariant=1,
    )
    pages.addPageTemplates(PageTemplate(frames=[frame], onPage=lambda canvas, _: _foot(canvas, document)))
    story = [_text(document.title, "title"), _text(document.subtitle, "subtitle"), *_flowables(document.blocks)]
    pages.build(story)
    return target.getvalue()


def _foot(canvas: Canvas, document: Document) -> None:
    """Write title, source of the data and page number under a page."""
    canvas.saveState()
    canvas.setFillColor(HexColor(LIGHT["soft"]))
    place = MARGIN
    for font, piece in runs(document.title[:90]):
        canvas.setFont(font, 7)
        canvas.drawString(place, 13 * mm, piece)
        place += text_width(piece, font, 7)
    canvas.setFont(BODY, 7)
    canvas.drawRightString(A4[0] - MARGIN, 13 * mm, f"Page {canvas.getPageNumber()}")
    canvas.setFont(BODY, 5)
    notice = simpleSplit(f"{document.notice} Made with ITNT Studio.".strip(), BODY, 5, WIDTH)
    for number, line in enumerate(notice[:2]):
        canvas.drawString(MARGIN, 10 * mm - 6 * number, line)
    canvas.restoreState()


def _text(text: str, style: str) -> Paragraph:
    look = STYLES[style]
    return Paragraph(markup(text, look.fontName), look)


def _flowables(blocks: tuple[Block, ...]) -> list[Flowable]:
    """Return the blocks as what the PDF library lays out."""
    found: list[Flowable] = []
    for number, block in enumerate(blocks):
        if isinstance(block, Heading):
            found.append(CondPageBreak(_needed(blocks[number + 1 :])))
        found += _block(block)
    return found


def _needed(following: tuple[Block, ...]) -> float:
    """Return the height that a heading asks for: no heading is left alone at the foot of a page."""
    block = following[0] if following else None
    figures = block.figures if isinstance(block, Row) else (block,) if isinstance(block, Figure) else ()
    return 18 * mm + max((_Drawn(figure).height for figure in figures), default=12 * mm)


def _block(block: Block) -> list[Flowable]:
    if isinstance(block, Heading):
        return [_text(block.text, "heading")]
    if isinstance(block, Text):
        return [_text(block.text, block.kind)]
    if isinstance(block, Points):
        look = STYLES["point"]
        return [Paragraph(markup(item), look, bulletText="•") for item in block.items]
    if isinstance(block, Headlines):
        return [_headlines(block)]
    if isinstance(block, Table):
        return [_text(block.caption, "caption"), _table(block), Spacer(1, 6)]
    if isinstance(block, Code):
        return [Paragraph("<br/>".join(markup(line) for line in block.lines), STYLES["code"])]
    return _figures(block.figures if isinstance(block, Row) else (block,))


def _figures(figures: tuple[Figure, ...]) -> list[Flowable]:
    """Return figures in one row; where a page has nearly room for them they become smaller, not the next page's."""
    height = max(_Drawn(figure).height for figure in figures)
    row = KeepInFrame(0, 0, [_side_by_side(figures)], mode="shrink", hAlign="LEFT")
    return [CondPageBreak(SMALLEST * (height + CAPTION)), row, Spacer(1, 6)]


def _side_by_side(figures: tuple[Figure, ...]) -> Grid:
    """Return figures with their captions in one row, which is never parted."""
    cells = [[_Drawn(figure), *([_text(figure.caption, "caption")] if figure.caption else [])] for figure in figures]
    look = [
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), GAP),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    widths = [figure.share * (WIDTH + GAP) for figure in figures]
    return Grid([cells], colWidths=widths, style=TableStyle(look), hAlign="LEFT")


class _Drawn(Flowable):
    """A figure in the flow of the text, as wide as its share of the page and never taller than a page."""

    def __init__(self, figure: Figure):
        super().__init__()
        self.drawing: Drawing = figure.drawing
        width = figure.share * (WIDTH + GAP) - GAP
        self.scale = min(width / self.drawing.width_pt, TALLEST / self.drawing.height_pt)
        self.width, self.height = self.drawing.width_pt * self.scale, self.drawing.height_pt * self.scale

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the room it takes."""
        del width, height
        return self.width, self.height

    def draw(self) -> None:
        """Draw it, its lower left corner at the origin."""
        draw(self.canv, self.drawing, self.scale)


def _headlines(block: Headlines) -> Grid:
    cells = [
        [_text(item.label, "label"), _text(item.number.text, "value"), _text(item.explanation, "label")]
        for item in block.items
    ]
    rows = [cells[first : first + HEADLINES_PER_ROW] for first in range(0, len(cells), HEADLINES_PER_ROW)]
    rows[-1] += [""] * (HEADLINES_PER_ROW - len(rows[-1]))  # type: ignore[list-item]
    look = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEABOVE", (0, 0), (-1, -1), 1, HexColor(LIGHT["grid"])),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
    ]
    return Grid(rows, colWidths=[WIDTH / HEADLINES_PER_ROW] * HEADLINES_PER_ROW, style=TableStyle(look))


def _table(block: Table) -> LongTable:
    """Return a table whose head is repeated on every page."""
    numeric = [any(isinstance(row[column], Number) for row in block.rows) for column in range(len(block.columns))]
    head = [_text(name, "number head" if numeric[column] else "head") for column, name in enumerate(block.columns)]
    body = [
        [_text(_words(cell), "number" if numeric[column] else "cell") for column, cell in enumerate(row)]
        for row in block.rows
    ]
    pad = CELL_PADDING
    look = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(LIGHT["grid"])),
        ("LEFTPADDING", (0, 0), (-1, -1), pad),
        ("RIGHTPADDING", (0, 0), (-1, -1), pad),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    return LongTable([head, *body], colWidths=_widths(block), repeatRows=1, style=TableStyle(look))


def _words(cell: Cell) -> str:
    return cell.text if isinstance(cell, Number) else cell


def _widths(block: Table) -> list[float]:
    """Return the widths of the columns: what their longest words need, and wide ones share what is left."""
    wanted = []
    for column, name in enumerate(block.columns):
        cells = [row[column] for row in block.rows]
        most = max(len(text) for text in (name, *map(_words, cells)))
        whole = [cell.text for cell in cells if isinstance(cell, Number)]  # a number keeps its unit on its line
        words = [word for text in (name, *map(_words, cells)) for word in text.split()]
        least = max([len(part) for part in (*whole, *words)], default=1)
        wanted.append((max(NARROWEST, 4.6 * min(least, 24) + 8), max(NARROWEST, 4.6 * min(most, 90) + 8)))
    least_widths = [low for low, _ in wanted]
    spare = WIDTH - sum(least_widths)
    if spare <= 0.0:
        return [WIDTH * low / sum(least_widths) for low in least_widths]
    wish = [high - low for low, high in wanted]
    share = min(1.0, spare / (sum(wish) or 1.0))
    widths = [low + share * more for low, more in zip(least_widths, wish, strict=True)]
    rest = WIDTH - sum(widths)
    return [width + rest * width / sum(widths) for width in widths]
