"""The glossary: terms of the paper and of the standards in this project's own words."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from itnt_core.data import delivered

GLOSSARY_FILE = delivered("learn/glossary.csv")


@dataclass(frozen=True)
class Term:
    """One term: its symbol and unit where it has them, what it means, where it is from, the step that teaches it."""

    term: str
    symbol: str
    unit: str
    meaning: str
    source: str
    step: str  # a step's key


@cache
def glossary() -> tuple[Term, ...]:
    """Return all terms in alphabetical order."""
    with GLOSSARY_FILE.open(encoding="utf-8", newline="") as file:
        terms = [Term(**row) for row in csv.DictReader(file)]
    return tuple(sorted(terms, key=lambda term: term.term.casefold()))


def find_terms(text: str = "", step: str = "") -> tuple[Term, ...]:
    """Return the terms that hold every word of a text anywhere, of one step where one is named."""
    words = text.casefold().split()
    return tuple(
        term
        for term in glossary()
        if (not step or term.step == step)
        and all(word in f"{term.term} {term.symbol} {term.meaning} {term.source}".casefold() for word in words)
    )
