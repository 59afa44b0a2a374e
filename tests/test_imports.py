"""Counted: no module needs itself, however far round, no room does, and nobody goes past a room's face.

Every import counts, wherever it stands.

An import inside a function starts faster, one under TYPE_CHECKING only names a type: were they at the top, the program
would still have to load. So none of them may hide a circle.
"""

import ast
import importlib
import types
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).resolve().parents[1]


def modules(root: Path) -> dict[str, Path]:
    """Return every module of the core and of the pages by its dotted name; a face that loads late by its statement."""
    found = {}
    for folder in ("itnt_core", "pages"):
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            statement = path.with_suffix(".pyi")
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = statement if statement.exists() else path
    return found


@cache
def stated(face: Path) -> set[str]:
    """Return the names in a face's ``__all__``."""
    for node in ast.parse(face.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def past_faces(root: Path) -> list[str]:
    """Return every import of the pages and the core that names a module of another room, not what its face states."""
    known, found = modules(root), []
    for module, path in known.items():
        for name, line in named(module, path, known):
            target = room(name)
            is_past = name.startswith("itnt_core.") and name != target and target in known and target != room(module)
            if is_past and name in known and name.removeprefix(f"{target}.") not in stated(known[target]):
                found.append(f"{module}:{line} imports {name}")
    return found


def named(module: str, path: Path, known: Collection[str] = ()) -> Iterator[tuple[str, int]]:
    """Yield what a module imports, with the line: modules, ``known`` ones in packages, tasks looked up by name."""
    package = module.split(".") if path.stem == "__init__" else module.split(".")[:-1]
    for node, line in mentions(path):
        if isinstance(node, str):
            yield node, line
            continue
        level, asked, aliases = node
        above = package[: len(package) - level + 1] if level else []
        base = ".".join([*above, *([asked] if asked else [])])
        for alias in aliases:
            whole = f"{base}.{alias}"
            yield whole if whole in known else base, line


@cache
def mentions(path: Path) -> tuple[tuple[str | tuple[int, str | None, tuple[str, ...]], int], ...]:
    """Return what a file imports or looks up by name, with the line: a name, or (level, module, names) of a from."""
    found: list[tuple[str | tuple[int, str | None, tuple[str, ...]], int]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(((node.level, node.module, tuple(alias.name for alias in node.names)), node.lineno))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and ":" in node.value:
            found.append((node.value.partition(":")[0], node.lineno))
    return tuple(found)


def faces(module: str) -> list[str]:
    """Return the packages that Python loads before a module."""
    parts = module.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def graph(root: Path) -> nx.DiGraph:
    """Return who imports whom; the line of one import is on each edge. A module's own packages do not count."""
    known, found = modules(root), nx.DiGraph()
    for module, path in known.items():
        for name, line in named(module, path, known):
            if name in known and name != module:
                for target in [name, *faces(name)]:
                    if target in known and target != module and target not in faces(module):
                        found.add_edge(module, target, line=line)
                if name in faces(module):  # through the face of its own room, written down
                    found.add_edge(module, name, line=line)
    return found


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def circles(found: nx.DiGraph) -> list[list[str]]:
    return [sorted(group) for group in nx.strongly_connected_components(found) if len(group) > 1]


@pytest.fixture(scope="module")
def imports():
    return graph(ROOT)


def test_no_module_needs_itself_round_a_circle(imports):
    told = []
    for group in circles(imports):
        edges = imports.subgraph(group).edges(data="line")
        told += [f"{source}:{line} imports {target}" for source, target, line in edges]
    assert told == []


def test_no_room_needs_itself_round_a_circle(imports):
    """Rooms are the packages of the core and of the pages; what a child process looks up by name is no import here."""
    rooms = nx.DiGraph()
    for source, target in imports.edges:
        if room(source) != room(target) and source != "itnt_core.apart.tasks":
            rooms.add_edge(room(source), room(target))
    assert circles(rooms) == []


def test_nobody_goes_past_the_face_of_a_room():
    """A room's ``__init__`` is its public face. A task that a child process looks up by name is no import."""
    found = [line for line in past_faces(ROOT) if not line.startswith("itnt_core.apart.tasks:")]
    assert found == []


def test_an_import_past_a_face_is_found(tmp_path):
    texts = {
        "itnt_core/a/__init__.py": "",
        "itnt_core/a/__init__.pyi": "from .one import shown\n__all__ = ['shown']\n",
        "itnt_core/a/one.py": "shown = hidden = 1\n",
        "itnt_core/b/__init__.py": "from itnt_core.a import shown\n",
        "pages/shown.py": "def f():\n    from itnt_core.a.one import hidden\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert past_faces(tmp_path) == ["pages.shown:2 imports itnt_core.a.one"]


def test_a_face_that_loads_late_gives_what_it_states():
    for face in sorted((ROOT / "itnt_core").rglob("__init__.pyi")):
        name = ".".join(face.relative_to(ROOT).parent.parts)
        loaded = importlib.import_module(name)
        for stated_name in stated(face):
            found = getattr(loaded, stated_name)
            assert not isinstance(found, types.ModuleType) or found.__name__ == f"{name}.{stated_name}"


def test_the_core_knows_no_page_and_no_page_library(imports):
    assert [edge for edge in imports.edges if edge[0].startswith("itnt_core") and edge[1].startswith("pages")] == []
    for module, path in modules(ROOT).items():
        if module.startswith("itnt_core"):
            assert not {name.partition(".")[0] for name, _ in named(module, path)} & {"streamlit", "pages"}, module


def test_a_circle_is_found_wherever_its_imports_stand(tmp_path):
    texts = {
        "itnt_core/__init__.py": "",
        "itnt_core/a/__init__.py": "from .one import x\n",
        "itnt_core/a/one.py": "def f():\n    from itnt_core.b.two import y\n",
        "itnt_core/b/__init__.py": "",
        "itnt_core/b/two.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from itnt_core.a import one\n",
        "itnt_core/b/three.py": "TASK = 'itnt_core.b.four:f'\n",
        "itnt_core/b/four.py": "from . import three\n",
        "itnt_core/b/five.py": "from .three import TASK\n",
        "pages/shown.py": "import itnt_core.b.five\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert sorted(circles(graph(tmp_path))) == [
        ["itnt_core.a", "itnt_core.a.one", "itnt_core.b.two"],
        ["itnt_core.b.four", "itnt_core.b.three"],
    ]
