"""Counted: names are the field's, and no two public classes share one. What is left of older words may only shrink."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = [path for room in ("itnt_core", "itnt_studio", "pages") for path in sorted((ROOT / room).rglob("*.py"))]

# word: (what else is called so, and how often it still stands as a name; fewer is better, more is a step back)
WORDS = {
    "a base station is no mast, which is what carries an antenna": (r"(?i)mast", 0),
    "nothing is told or said: there are captions, metrics, notices, reasons, summaries": (
        r"(?i)(^|_)(told|tell|tells|teller|said|say|says)(_|$)",
        0,
    ),
    "a report is the document only, progress is notified of": (r"^Report$", 0),
    "a constraint leaves a margin, no room": (r"(?i)(^|_)rooms?(_|$)", 0),
    "a lesson stands on an example": (r"^Ground$|^needs_(?!ground$)", 0),
    "agents are no crew": (r"(?i)crew", 0),
    "nothing is adopted": (r"(?i)adopt", 0),
}
SHARED = {  # public names that more than one class has: each lies in a room of its own, behind its face
    "Ascent": 2,
    "City": 2,
    "Field": 2,
    "Figure": 3,
    "Moment": 2,
    "Term": 3,
    "Window": 2,
}


def names(tree: ast.Module) -> Iterator[str]:
    """Yield every name that a module gives: functions, classes, arguments, variables, attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


@pytest.fixture(scope="module")
def given():
    """Every name that the program gives, as often as it does, and where its core's public classes are.

    Trees are not kept: the collector of garbage would look all through them again and again.
    """
    found, homes = Counter(), defaultdict(list)
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.update(names(tree))
        for node in tree.body:
            is_public = isinstance(node, ast.ClassDef) and not node.name.startswith("_")
            if is_public and path.relative_to(ROOT).parts[0] == "itnt_core":
                homes[node.name].append(path.relative_to(ROOT).as_posix())
    return found, homes


@pytest.mark.parametrize("word", WORDS)
def test_older_words_do_not_come_back(given, word):
    pattern, most = WORDS[word]
    found = {name: count for name, count in given[0].items() if re.search(pattern, name)}
    assert sum(found.values()) <= most, sorted(found)


def test_a_public_class_has_a_name_of_its_own(given):
    shared = {name: paths for name, paths in given[1].items() if len(paths) > SHARED.get(name, 1)}
    assert shared == {}
