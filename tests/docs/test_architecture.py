"""What docs/architecture.md says of the house holds: the direction of imports, and where things are found."""

import re

import pytest
from naming import ROOT, defined_in, file_of, is_known

from tests.test_imports import graph

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
QUESTIONS = re.split(r"^\*\*(.+?)\*\*.*\n", TEXT.partition("## Where do I find")[2], flags=re.MULTILINE)[1:]
PATHS = dict(zip(QUESTIONS[::2], QUESTIONS[1::2], strict=True))
STEP = re.compile(r"^\* `([^`]+)`: ((?:`[^`]+`(?:, )?)+) - ", re.MULTILINE)


def lines_of_rooms() -> list[list[str]]:
    """Return the rooms of each line of the table, from the tools up to the doors."""
    table = TEXT.partition("| | rooms of `itnt_core` |")[2].partition("\n\n")[0]
    return [re.findall(r"`(\w+)`", line.split("|")[2]) for line in table.splitlines() if line.count("|") == 3][1:]


def test_every_room_stands_in_the_table_once():
    named = [room for line in lines_of_rooms() for room in line]
    core = ROOT / "itnt_core"
    there = {path.parent.name for path in core.glob("*/__init__.py")} | {path.stem for path in core.glob("*.py")}
    assert sorted(named) == sorted(there - {"__init__"})


def test_rooms_import_from_their_own_line_and_those_above():
    height = {room: number for number, line in enumerate(lines_of_rooms()) for room in line}
    upwards = []
    for source, target, line in graph(ROOT).edges(data="line"):
        rooms = [name.split(".")[1] if name.count(".") else "" for name in (source, target)]
        is_core = source.startswith("itnt_core.") and target.startswith("itnt_core.")
        # what a child process looks up by name is no import: see tests/test_imports.py
        if is_core and source != "itnt_core.apart.tasks" and height[rooms[0]] < height[rooms[1]]:
            upwards.append(f"{source}:{line} imports {target}")
    assert upwards == []


def test_eight_things_are_found_in_three_files_at_most():
    assert len(PATHS) == 8
    assert all(1 <= len(STEP.findall(text)) <= 3 for text in PATHS.values())
    assert all(len(STEP.findall(text)) == text.count("\n* ") + text.startswith("* ") for text in PATHS.values())


@pytest.mark.parametrize("question", PATHS)
def test_what_a_path_names_stands_in_its_file(question):
    for name, quoted in STEP.findall(PATHS[question]):
        path = file_of(name)
        assert path is not None, name
        missing = set(re.findall(r"`([^`]+)`", quoted)) - defined_in(path)
        assert not missing, f"{name} has no {missing}"


def test_names_in_the_picture_of_the_run_chain_exist():
    picture = (ROOT / "docs" / "run-chain.svg").read_text(encoding="utf-8")
    named = re.findall(r'class="code"[^>]*>([\w.]+)</text>', picture)
    assert len(named) >= 10
    assert {name for name in named if not is_known(name)} <= {"cancel"}  # a file
