"""The map's JavaScript under the law of the Python: types, style, formatting, and tests of what is pure."""

import json
import re

import pytest

from tests.javascript.node import COMPONENT, LOCK, MissingNodeError, found_node, install, run


@pytest.fixture(scope="module", autouse=True)
def _node():
    try:
        found_node()
    except MissingNodeError as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module")
def packages():
    """Install the packages if they are not there."""
    install()


@pytest.mark.parametrize("script", ["types", "lint", "format:check"])
def test_tools_find_nothing(packages, script):
    answer = run("npm", "run", "--silent", script)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("file", sorted((COMPONENT / "test").glob("*.test.js")), ids=lambda file: file.stem)
def test_what_is_pure_does_what_its_tests_say(file):
    """These need node alone, no package; ``node --test`` would start another node for the one file."""
    answer = run("node", f"test/{file.name}")
    assert answer.returncode == 0, answer.stdout


def test_packages_are_exact_versions_with_hashes_from_nowhere_in_particular():
    package, lock = (json.loads(file.read_text(encoding="utf-8")) for file in (COMPONENT / "package.json", LOCK))
    assert "dependencies" not in package  # nothing of this travels to a browser
    assert all(version[0].isdigit() for version in package["devDependencies"].values())
    assert lock["packages"][""]["devDependencies"] == package["devDependencies"]
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry and (not name or entry["integrity"].startswith("sha512-")), name


# idea: (what a second statement of it looks like, the modules in which it may stand)
HOMES = {
    "time that passes while something plays": (
        r"requestAnimationFrame\(",
        {"pace.js", "compare_stage.js", "flat_map.js"},
    ),  # two cameras
    "keys": (r"\"keydown\"|\.ctrlKey|\bmetaKey\b", {"keymap.js", "editor.js"}),  # a click with Ctrl turns the map
    "how fast a flight plays": (r"USUAL_PLAY_S", {"speed.js"}),
    "who wants stillness": (r"prefers-reduced-motion", {"dom.js"}),
    "the theme that a map follows": (r"themeOf\(", {"mounted.js", "palette.js"}),
    "a pen": (r"getContext\(\"2d\"\)", {"dom.js"}),
    "types that are left out": (r"@ts-(ignore|nocheck|expect-error)|eslint-disable|prettier-ignore", set()),
}


@pytest.mark.parametrize("idea", HOMES)
def test_an_idea_of_the_map_stands_in_its_home_alone(idea):
    pattern, allowed = HOMES[idea]
    modules = {path.name: path.read_text(encoding="utf-8") for path in (COMPONENT / "src").glob("*.js")}
    found = {name for name, source in modules.items() if re.search(pattern, source)}
    assert found == allowed
