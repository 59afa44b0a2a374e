"""The wheel in an environment of its own and an empty folder: it finds what it needs, and writes where a user may."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest
from copies import PACKAGING, PARTS, copied_tree, files_of
from serving import ROOT, started, stop
from visitor import Visitor

from tests.city.made_files import box, features


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy of the project, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = copied_tree(folder / "tree", (*PARTS, *PACKAGING))
    build = ["wheel", str(tree), "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True, capture_output=True)
    shutil.rmtree(tree)  # nothing can be found there by accident
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Install the wheel into a new environment; return its ``bin`` and the folder of its packages."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    paths = sysconfig.get_paths("venv", {"base": str(folder), "platbase": str(folder)})
    packages = Path(paths["purelib"])
    # Everything else that the wheel asks for is what this suite runs on.
    (packages / "suite.pth").write_text(sysconfig.get_paths()["purelib"])
    pip = [sys.executable, "-m", "pip", "--python", str(folder), "install", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    _take_over_what_is_compiled(ROOT / "itnt_core", packages / "itnt_core")
    _take_over_what_is_compiled(ROOT / "pages", packages / "itnt_studio" / "app" / "pages")
    before = files_of(packages)
    yield Path(paths["scripts"]), packages
    assert files_of(packages) == before, "nothing is written where packages lie"


def _take_over_what_is_compiled(room, package):
    """Copy what Python and numba compiled in this checkout, bound to the times of the sources, to save minutes."""
    for source in room.rglob("*.py"):
        shutil.copystat(source, package / source.relative_to(room))
    for compiled in (*room.rglob("*.nb[ic]"), *room.rglob("*.pyc")):
        target = package / compiled.relative_to(room)
        if target.parent.parent.is_dir():  # what is left of a room that is gone stays here
            target.parent.mkdir(exist_ok=True)
            shutil.copy2(compiled, target)


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    """Return an empty folder to work in, and the environment of a user who knows nothing of this project."""
    home = tmp_path_factory.mktemp("home")
    foreign = ("ITNT_", "XDG_", "STREAMLIT_", "PYTHONPATH", "VIRTUAL_ENV")
    known = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return tmp_path_factory.mktemp("empty"), {**known, "HOME": str(home)}


@pytest.fixture(scope="module")
def call(installed, surroundings):
    """Return a function that runs an installed command in the empty folder and returns what it prints."""
    folder, environment = surroundings

    def run(name, *arguments):
        command = [str(installed[0] / name), *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    return run


def test_the_wheel_holds_the_core_and_the_app_and_nothing_else(wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    app = "itnt_studio/app"
    expected = {f"{app}/dashboard.py", f"{app}/.streamlit/config.toml"}
    for room, place in (
        ("itnt_core", "itnt_core"),
        ("itnt_studio", "itnt_studio"),
        ("pages", f"{app}/pages"),
        ("assets", f"{app}/assets"),
    ):
        files = [path.relative_to(ROOT / room) for path in (ROOT / room).rglob("*") if path.is_file()]
        expected |= {f"{place}/{file.as_posix()}" for file in files if not _is_for_development(file)}
    assert held == expected


def _is_for_development(file):
    """Return whether a file is what Python compiles, or looks after the map's modules, which lie in src."""
    return "__pycache__" in file.parts or (file.parts[0] == "map3d" and file.parts[1] != "src")


def test_a_preset_is_made_solved_and_judged_in_an_empty_folder(call, surroundings, installed):
    call("itnt", "scenario", "new", "--preset", "tiny", "-o", "tiny.yaml")
    figures = json.loads(call("itnt", "run", "tiny.yaml", "--method", "straight", "-o", "out").splitlines()[-1])
    assert figures["data_service_mbit"] > 0.0 and figures["violations"] == 0
    assert json.loads(call("itnt", "evaluate", "out"))["passed"]
    manifest = json.loads((surroundings[0] / "out" / "manifest.json").read_text(encoding="utf-8"))
    version = call("python", "-c", "from importlib.metadata import version; print(version('itnt-studio'))").strip()
    assert manifest["code_version"] == version
    assert not list(installed[1].glob(".itnt"))


def test_runs_in_the_background_and_their_data_lie_where_a_user_may_write(call, surroundings, installed):
    said = call("itnt", "sweep", "--preset", "tiny", "--grid", "users=4", "--methods", "straight", "-o", "table.csv")
    assert json.loads(said.splitlines()[-1])["done"] == 1
    where = Path(call("python", "-c", "from itnt_core.runs import data_root; print(data_root())").strip())
    home = Path(surroundings[1]["HOME"])
    assert where.is_relative_to(home) and not where.is_relative_to(installed[1])
    if sys.platform == "linux":
        assert where == home / ".local" / "share" / "itnt-studio"  # the XDG base directory specification
    assert (where / "runs.sqlite").exists() and where.stat().st_mode & 0o077 == 0


def test_a_city_of_others_is_read_in_the_confined_process(call, surroundings):
    (surroundings[0] / "houses.geojson").write_text(features((box(0.0, 0.0), {"height": "12 m"})))
    assert json.loads(call("itnt", "city", "import", "houses.geojson", "-o", "town").splitlines()[-1])["buildings"] == 1


def test_the_environment_is_made_by_gymnasium(call):
    code = (
        "import gymnasium, itnt_core.learning as l; e = gymnasium.make('itnt/DataService-v0', scenario='tiny'); "
        "e.reset(seed=1); print(e.step(e.action_space.sample())[1], l.__file__)"
    )
    reward, place = call("python", "-c", code).split()
    assert float(reward) >= 0.0 and "site-packages" in place


def test_the_dashboard_is_served_with_the_settings_that_a_checkout_has(profiles, installed, surroundings, tmp_path):
    folder, environment = surroundings
    process, address = started([str(installed[0] / "itnt-studio")], folder, environment, tmp_path / "log")
    page = profiles[False].tab(still=True)  # nothing plays, which takes time
    visitor = Visitor(page, address)
    try:
        visitor.open("/")
        page.get_by_role("button", name="Build your own").wait_for()
        visitor.wait_for_map("map.painted === '1'")
        for name in ("Compare", "Learn"):
            visitor.go(name)
            page.get_by_text("Contains OS data").first.wait_for()
        visitor.leave()
        with urllib.request.urlopen(f"{address}/") as answer:
            assert answer.headers["X-Frame-Options"] == "DENY"
        foreign = urllib.request.Request(f"{address}/", headers={"Host": "elsewhere.example"})
        with pytest.raises(urllib.error.HTTPError, match="421"):
            urllib.request.urlopen(foreign)
        log = (tmp_path / "log").read_text(encoding="utf-8")
        assert "External URL" not in log and "Network URL" not in log  # bound to this machine alone
    finally:
        page.close()
        stop(process)
    assert visitor.complaints == []


def test_both_commands_say_how_they_are_used(call):
    assert "--server.port" in call("itnt-studio", "--help")
    assert "evaluate" in call("itnt", "--help")
