"""A report as one HTML file: no script, no request, light and dark, and fit for paper."""

from __future__ import annotations

from html import escape

from itnt_core.data import delivered

from .blocks import Block, Cell, Code, Document, Figure, Heading, Headlines, Number, Points, Table, Text
from .picture import DARK, LIGHT
from .svg import svg

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
STYLE = delivered("report/report.css")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<link rel="icon" href="data:,">
<title>{title} · report</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1><p class="subtitle">{subtitle}</p></header>
<main>
{body}
</main>
<footer>{notice} Made with ITNT Studio.</footer>
</body>
</html>
"""


def to_html(document: Document) -> bytes:
    """Return a report as a self-contained page; every number carries its key and full value in ``data-`` attributes."""
    page = PAGE.format(
        policy=escape(POLICY, quote=True),
        title=escape(document.title),
        subtitle=escape(document.subtitle),
        style=_style(),
        body="\n".join(_together(document.blocks)),
        notice=escape(document.notice),
    )
    return page.encode()


def _style() -> str:
    def variables(palette: dict[str, str]) -> str:
        return " ".join(f"--{name}: {colour};" for name, colour in palette.items())

    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}"
    return f":root {{ color-scheme: light dark; {variables(LIGHT)} }}\n{dark}\n{STYLE.read_text(encoding='utf-8')}"


def _together(blocks: tuple[Block, ...]) -> list[str]:
    """Return the blocks as markup; half-width pictures that follow one another stand side by side."""
    parts: list[str] = []
    halves: list[str] = []
    for block in blocks:
        if isinstance(block, Figure) and block.share < 1.0:
            halves.append(_block(block))
            continue
        if halves:
            parts.append(f'<div class="halves">{"".join(halves)}</div>')
            halves = []
        parts.append(_block(block))
    return [*parts, f'<div class="halves">{"".join(halves)}</div>'] if halves else parts


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h2>{escape(block.text)}</h2>"
    if isinstance(block, Text):
        kind = "" if block.kind == "plain" else f' class="{block.kind}"'
        return f"<p{kind}>{escape(block.text)}</p>"
    if isinstance(block, Points):
        return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
    if isinstance(block, Headlines):
        return _headlines(block)
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Code):
        return f"<pre>{escape(chr(10).join(block.lines))}</pre>"
    kind = "map" if block.picture.height > block.picture.width else "chart"
    caption = f"<figcaption>{escape(block.caption)}</figcaption>"
    return f'<figure class="{kind}" tabindex="0">{svg(block.picture)}{caption}</figure>'


def _headlines(block: Headlines) -> str:
    items = "".join(
        f'<div><dt>{escape(item.label)}</dt><dd class="value">{_number(item.number)}</dd>'
        f'<dd class="meaning">{escape(item.explanation)}</dd></div>'
        for item in block.items
    )
    return f'<dl class="headlines">{items}</dl>'


def _number(number: Number) -> str:
    key, value = escape(number.key, quote=True), repr(number.value)
    return f'<span data-key="{key}" data-value="{value}">{escape(number.text)}</span>'


def _table(block: Table) -> str:
    numeric = [any(isinstance(row[column], Number) for row in block.rows) for column in range(len(block.columns))]
    head = "".join(
        f'<th scope="col"{" class=number" if numeric[column] else ""}>{escape(name)}</th>'
        for column, name in enumerate(block.columns)
    )
    rows = "".join(
        f"<tr>{''.join(_cell(cell, numeric[i], i in block.wide) for i, cell in enumerate(row))}</tr>"
        for row in block.rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(block.caption, quote=True)}"><table>'
        f"<caption>{escape(block.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cell(cell: Cell, numeric: bool, wide: bool) -> str:
    kind = "number" if numeric else "wide" if wide else ""
    look = f' class="{kind}"' if kind else ""
    return f"<td{look}>{_number(cell) if isinstance(cell, Number) else escape(cell)}</td>"
