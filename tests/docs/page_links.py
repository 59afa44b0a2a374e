"""Links within the documentation: where they lead, and what can be led to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


class _Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        self.anchors |= {given[name] or "" for name in ("id", "name") if name in given}


def _anchors_of_markdown(text: str) -> set[str]:
    """Return the anchors of headings as GitHub makes them: small letters, hyphens for spaces, nothing else."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(prose)}


@cache
def links_and_anchors(path: Path) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the links of a page of Markdown or HTML, and the anchors in it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        prose = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
        return tuple(LINK.findall(prose)), frozenset(_anchors_of_markdown(text))
    page = _Page()
    page.feed(text)
    return tuple(page.links), frozenset(page.anchors)


def dead_links(page: Path) -> Iterator[str]:
    """Yield the links of a page that lead to a file or an anchor which is not there; other sites are not asked."""
    for link in links_and_anchors(page)[0]:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        has_anchors = target.suffix in (".md", ".html")
        if not target.exists() or (
            parts.fragment and has_anchors and unquote(parts.fragment) not in links_and_anchors(target)[1]
        ):
            yield link
