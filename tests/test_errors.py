"""Every error of the program has one root, so that whoever catches asks for it and shows its sentences."""

import ast
import builtins
from pathlib import Path

import pytest

from itnt_core.apart import Refused
from itnt_core.city import CityError
from itnt_core.cli import main
from itnt_core.errors import ItntError
from itnt_core.results import ResultError
from itnt_core.runs import UnknownRunError
from itnt_core.scenario import Problem, ScenarioError

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [ROOT / "dashboard.py", *(file for room in ("itnt_core", "pages") for file in (ROOT / room).rglob("*.py"))]
BUILT_IN = {
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
}


@pytest.fixture(scope="module")
def looked_through():
    """The bases of every class of the program by its name, and what names three things or more: (where, names)."""
    bases, lists = {}, []
    for file in PROGRAM:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
            elif isinstance(node, ast.ExceptHandler | ast.BinOp) and not isinstance(getattr(node, "op", None), ast.Add):
                part = node.type if isinstance(node, ast.ExceptHandler) else node
                names = {name.id for name in ast.walk(part) if isinstance(name, ast.Name)} if part else set()
                if len(names) >= 3:
                    lists.append((f"{file.relative_to(ROOT)}:{node.lineno}", names))
    return bases, lists


@pytest.fixture(scope="module")
def own_errors(looked_through):
    """The bases of every exception class of the program, by the class's name."""
    bases, _ = looked_through
    found, known = {}, set(BUILT_IN)
    while fresh := {name for name, of in bases.items() if name not in found and known & {*of}}:
        found |= {name: bases[name] for name in fresh}
        known |= fresh
    return found


def has_root(name, errors):
    return name == "ItntError" or any(has_root(base, errors) for base in errors.get(name, ()))


def test_every_exception_class_of_the_program_has_the_one_root(own_errors):
    assert len(own_errors) >= 25
    assert [name for name in own_errors if not has_root(name, own_errors)] == []


def test_nobody_keeps_a_list_of_error_types(looked_through, own_errors):
    """A caught tuple or a union that names three or more of the program's own errors asks for the root instead."""
    _, lists = looked_through
    assert [where for where, names in lists if len(names & own_errors.keys()) >= 3] == []


@pytest.mark.parametrize(
    ("error", "python_error"), [(CityError, ValueError), (ResultError, ValueError), (UnknownRunError, LookupError)]
)
def test_whoever_knows_only_pythons_errors_is_served_too(error, python_error):
    assert issubclass(error, ItntError) and issubclass(error, python_error)


def test_an_error_carries_its_sentences():
    problems = [Problem("The seed", "-1", "0 or more is allowed", "change it")] * 2
    assert ScenarioError(problems).sentences == ("The seed is -1, but 0 or more is allowed: change it.",) * 2
    assert Refused(["One.", "Two."]).sentences == ("One.", "Two.")
    assert CityError("Only one.").sentences == ("Only one.",) and ItntError().sentences == ()


def test_the_command_line_says_whatever_the_program_raises(monkeypatch, capsys):
    class NewError(ItntError, RuntimeError):
        """Defined by somebody else's package."""

    def fail(*_):
        raise NewError("First.\nSecond.")

    monkeypatch.setattr("itnt_core.cli.methods.METHODS", type("Broken", (), {"values": fail})())
    assert main(["methods"]) == 1
    assert capsys.readouterr().err == "First.\nSecond.\n"
