"""What lessons say: Markdown files with places such as ``{distance_m:,.0f}`` that computed values fill.

A file of ``itnt_core/data/learn`` begins with its title (``# One link``); under every heading (``## idea``) stands a
text of one or more paragraphs. A lesson asks for a text by its heading and gives it the values.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import Formatter

from itnt_core.data import delivered

from .lesson import Sentence, Value


class Prose:
    """The texts of one file: ``title``, and ``texts`` with the paragraphs under every heading."""

    def __init__(self, name: str):
        self.file = f"{name}.md"
        self.title, self.texts = parse_prose(delivered(f"learn/{self.file}").read_text(encoding="utf-8"), self.file)
        self.places = frozenset(place for text in self.texts.values() for part in text for place in places_of(part))

    def sentences(self, heading: str, /, **values: Value) -> tuple[Sentence, ...]:
        """Return the paragraphs of a text with their places filled.

        Values may be those of the whole lesson. ValueError where the file has no such text, a place gets no value, or
        a value has no place in the whole file.
        """
        if heading not in self.texts:
            raise ValueError(f"{self.file} has no text '{heading}', but {_listed(self.texts)}: ask for one of these.")
        if strangers := sorted(values.keys() - self.places):
            raise ValueError(f"{self.file} has no place for {_listed(strangers)}: write one, or give no such value.")
        return tuple(self._filled(heading, paragraph, values) for paragraph in self.texts[heading])

    def sentence(self, heading: str, /, **values: Value) -> Sentence:
        """Return the one paragraph of a text with its places filled; see :meth:`sentences`."""
        found = self.sentences(heading, **values)
        if len(found) != 1:
            raise ValueError(f"The text '{heading}' of {self.file} has {len(found)} paragraphs: one is asked for.")
        return found[0]

    def _filled(self, heading: str, paragraph: str, values: dict[str, Value]) -> Sentence:
        places = places_of(paragraph)
        if empty := [place for place in places if place not in values]:
            raise ValueError(f"The text '{heading}' of {self.file} gets no value for {_listed(empty)}: give it one.")
        return Sentence(paragraph, {place: values[place] for place in places})


def parse_prose(text: str, file: str) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return the title and the texts of a file: paragraphs by heading, each in one line.

    ValueError, which names the file, where a heading or its text is missing, a heading stands twice, or a place is not
    named plainly.
    """
    title, *parts = f"\n{text}".split("\n## ")
    texts: dict[str, tuple[str, ...]] = {}
    for part in parts:
        heading, _, body = part.partition("\n")
        paragraphs = tuple(" ".join(lines.split()) for lines in body.split("\n\n") if lines.strip())
        if heading in texts or not paragraphs:
            raise ValueError(f"The heading '{heading}' of {file} stands {'twice' if heading in texts else 'alone'}.")
        for place in (place for paragraph in paragraphs for place in places_of(paragraph)):
            if not place.isidentifier():
                raise ValueError(f"The text '{heading}' of {file} has the place '{{{place}}}': a name is allowed.")
        texts[heading] = paragraphs
    title = title.strip()
    if not title.startswith("# ") or "\n" in title or not texts:
        raise ValueError(f"{file} has to begin with one line '# title', and then '## heading' over every text.")
    return title.removeprefix("# "), texts


def places_of(template: str) -> tuple[str, ...]:
    """Return the names of a template's places, each once, as they come."""
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(template) if name is not None))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
