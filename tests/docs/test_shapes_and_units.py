"""Counted: a public array function says its shapes, a number that the program fixes its unit or where it comes from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ARRAY = re.compile(r"\b(\w*Array|NDArray|ArrayLike|Tensor)\b")
SHAPE = re.compile(
    r"\((?:\.\.\.|[a-zA-Z_]\w*(?: [x+*-] \w+)*|\d(?: [x+*-] \w+)*|n\w* \w+),"  # (n, 3), (3 x corners,)
    r"|\((?:\.\.\.|slots|times|users|points)\)|shape \(\)|\bshapes?\b|\bbroadcast|[Ff]or each\b"
)
UNIT = re.compile(
    r"_(C?M2?|MM|KM|M_S|KM3_S2|S|MS|MIN|H|HOURS|DAYS|K?HZ|[MG]HZ|DBM?|W|W_PER_M_S|J|KG_M3|[KM]?BIT|MBIT_S|BYTES|[KMG]B"
    r"|DEG|RAD|PX|PERCENT|PT|K)$"
)


def files(*rooms: str) -> Iterator[tuple[str, str]]:
    """Yield every program file's name and text."""
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def array_functions(text: str) -> Iterator[ast.FunctionDef]:
    """Yield the public functions that take or return arrays; of overloads the one that is run."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            notes = [argument.annotation for argument in [*node.args.args, *node.args.kwonlyargs]]
            typed = any(ARRAY.search(ast.unparse(note)) for note in [*notes, node.returns] if note)
            overloaded = any("overload" in ast.unparse(decorator) for decorator in node.decorator_list)
            if typed and not overloaded and ast.get_docstring(node):
                yield node


def is_number(node: ast.expr) -> bool:
    """Say whether an expression is made of numbers alone; tuples of them count."""
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ast.UnaryOp(operand=operand):
            return is_number(operand)
        case ast.BinOp(left=left, right=right):
            return is_number(left) and is_number(right)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return bool(parts) and all(map(is_number, parts))
        case ast.Call(func=function, args=given):
            known = ("range", "float", "np.array", "np.radians", "np.uint64", "math.radians")
            return ast.unparse(function) in known and bool(given) and all(map(is_number, given))
    return False


def bare_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of the module's numbers without a unit in the name and without a comment.

    A comment stands on the lines of the number, or opens the block of lines that it stands in.
    """
    lines = text.splitlines()
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                pass
            case _:
                continue
        first = node.lineno - 1
        while first > 0 and lines[first - 1].strip() and not lines[first].startswith("#"):
            first -= 1
        own = lines[node.lineno - 1 : node.end_lineno]
        if is_number(value) and not lines[first].startswith("#") and not any("#" in line for line in own):
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            yield from ((node.lineno, ast.unparse(name)) for name in names if not UNIT.search(ast.unparse(name)))


def test_public_array_functions_say_their_shapes():
    named = [(file, node) for file, text in files("itnt_core") for node in array_functions(text)]
    silent = [f"{file}:{node.lineno} {node.name}" for file, node in named if not SHAPE.search(ast.get_docstring(node))]
    assert len(named) > 280
    assert silent == []


def test_numbers_have_a_unit_or_a_comment():
    bare = [
        f"{file}:{line} {name}"
        for file, text in files("itnt_core", "pages", "itnt_studio")
        for line, name in bare_numbers(text)
    ]
    assert bare == []


def test_what_says_nothing_is_found():
    numbers = "REACH_M, MOST = 3.0, 4\n\n# From a table.\nONE = 1\nTWO = 2\n\nTHREE = np.array([1, 2])\n"
    assert list(bare_numbers(numbers)) == [(1, "MOST"), (7, "THREE")]
    functions = 'def f(a: Array) -> Array:\n    """Return the gain."""\n\n\n' + (
        'def g(a: Array) -> Array:\n    """Return the gain (n, 3)."""\n'
    )
    silent = [node for node in array_functions(functions) if not SHAPE.search(ast.get_docstring(node))]
    assert [node.name for node in silent] == ["f"]
