"""What the program calls its things: files, modules, classes, functions, fields, options; read from the text alone."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("itnt_core", "itnt_studio", "pages", "benchmarks", "tests")
BESIDE = ("", "docs", "assets/map3d", "assets/map3d/src")  # where a name of a file may start from
WEB = ("**/*.js", "**/*.mjs", "**/*.ts", "*.json")
METHOD = re.compile(
    r"^\s+(?:static |async |get |set )*(#?\w+)\(.*\{$|^(?:export )?(?:async )?function (\w+)", re.MULTILINE
)
WORD = re.compile(r"#?\w+")


@cache
def modules() -> dict[str, Path]:
    """Return the file of every module by its dotted name."""
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    dotted = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in files}
    return {name.removesuffix(".__init__"): path for name, path in dotted.items()}


@cache
def defined_in(path: Path) -> frozenset[str]:
    """Return what a file defines or gives on: names of modules and classes, ``Class.member`` for the latter's own."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return frozenset(name for pair in METHOD.findall(text) for name in pair if name)
    stub = path.with_suffix(".pyi")  # of a room's face that is loaded late
    late = _names(ast.parse(stub.read_text(encoding="utf-8")).body, "") if stub.is_file() else []
    return frozenset([*_names(ast.parse(text).body, ""), *late])


def _names(body: list[ast.stmt], owner: str) -> list[str]:
    found = []
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.append(owner + name)
                if name == "__init__":
                    found += [f"{owner}{part.attr}" for part in ast.walk(node) if isinstance(part, ast.Attribute)]
            case ast.ClassDef(name=name, body=inner):
                found += [owner + name, *_names(inner, f"{owner}{name}.")]
            case ast.Assign(targets=targets):
                found += [
                    owner + part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)
                ]
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.append(owner + name)
            case ast.ImportFrom(names=aliases) | ast.Import(names=aliases):
                found += [owner + (alias.asname or alias.name) for alias in aliases]
            case ast.If(body=inner, orelse=other):
                found += _names([*inner, *other], owner)
            case ast.Try(body=inner):
                found += _names(inner, owner)
    return found


def _program() -> list[Path]:
    return [path for name, path in modules().items() if name.partition(".")[0] != "tests"]


@cache
def members() -> frozenset[str]:
    """Return every ``Class.member`` and every plain name that some module defines."""
    return frozenset(name for path in _program() for name in defined_in(path))


@cache
def words() -> frozenset[str]:
    """Return every word of the program, its texts included: settings, environment variables, columns, options."""
    files = [*_program(), ROOT / "dashboard.py", ROOT / "setup.py", ROOT / "Makefile", ROOT / "pyproject.toml"]
    files += [
        path for room in ROOMS for pattern in ("*.csv", "*.json") for path in (ROOT / room / "data").rglob(pattern)
    ]
    web = ROOT / "assets" / "map3d"
    files += [path for pattern in WEB for path in web.glob(pattern) if "node_modules" not in path.parts]
    return frozenset(word for path in files for word in WORD.findall(path.read_text(encoding="utf-8")))


@cache
def quoted() -> frozenset[str]:
    """Return the dotted names that stand in quotation marks in the program: groups of entry points, fields."""
    return frozenset(name for path in _program() for name in re.findall(r"[\"']([\w.]+)[\"']", path.read_text("utf-8")))


def file_of(name: str) -> Path | None:
    """Return the file or folder that is meant, None where there is none; ``*`` stands for any."""
    for start in BESIDE:
        if any(found := sorted((ROOT / start).glob(name.rstrip("/")))):
            return found[0]
    return None


def is_known(name: str) -> bool:
    """Say whether a dotted name is a module, something in one, or a member of a class."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        path = modules().get(".".join(parts[:end]))
        if path is not None:
            rest = ".".join(parts[end:])
            if not rest or rest in defined_in(path):
                return True
            break
    return name in members() or name in quoted()
