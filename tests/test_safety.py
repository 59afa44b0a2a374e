"""Nothing in the program executes data: no pickle, eval, exec, unsafe YAML, torch or numpy loading."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [
    path for folder in ("itnt_core", "pages", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))
] + [ROOT / "dashboard.py"]
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
FORBIDDEN_NAMES = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_CALLS = {"yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load", "os.system", "os.popen"}
NEEDS = {
    "torch.load": ("weights_only", True),
    "np.load": ("allow_pickle", False),
    "numpy.load": ("allow_pickle", False),
}
TELLING = {"shell", "allow_pickle", "weights_only"}  # arguments that are looked at


def findings(text):
    """Return what must not be in a source, as (line, what)."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, name.name) for name in node.names if name.name.split(".")[0] in FORBIDDEN_MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in FORBIDDEN_MODULES:
            found.append((node.lineno, node.module))
        elif isinstance(node, ast.Call):
            found += _in_call(node)
    return found


def _dotted(node):
    """Return a.b.c of a plain name, something that is no name for all else that is called."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "()"


def _in_call(node):
    name = _dotted(node.func)
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg in TELLING}
    if name in FORBIDDEN_NAMES | FORBIDDEN_CALLS or given.get("shell") == "True":
        return [(node.lineno, name)]
    if name in NEEDS and given.get(NEEDS[name][0]) != str(NEEDS[name][1]):
        return [(node.lineno, f"{name} without {NEEDS[name][0]}={NEEDS[name][1]}")]
    return [(node.lineno, f"{name} with pickles")] if given.get("allow_pickle") == "True" else []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_executes_data(path):
    assert findings(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from pickle import loads",
        "import dill.source",
        "eval('1')",
        "exec(text)",
        "__import__('os')",
        "yaml.load(text)",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
        "np.savez(path, allow_pickle=True)",
    ],
)
def test_each_way_is_found(text):
    assert findings(text)


@pytest.mark.parametrize(
    "text",
    [
        "torch.load(path, weights_only=True)",
        "np.load(path, allow_pickle=False)",
        "yaml.safe_load(text)",
        "re.compile('x')",
    ],
)
def test_the_safe_ways_are_left_alone(text):
    assert findings(text) == []
