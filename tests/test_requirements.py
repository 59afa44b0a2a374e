"""What the two commands install: locked, hashed, from nowhere in particular, for every Python and system we name."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {
    "requirements.lock": ["requirements.txt"],
    "requirements-dev.lock": ["requirements.txt", "requirements-dev.txt", "requirements-atmosphere.txt"],
}
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
}
PYTHONS = ("3.11", "3.12", "3.13")
ENVIRONMENTS = [(python, system) for python in PYTHONS for system in SYSTEMS]
APART = "torch"  # see requirements-torch.txt


def environment(python, system):
    """Return the markers' variables of a Python on a system."""
    return {
        **default_environment(),
        **SYSTEMS[system],
        "python_version": python,
        "python_full_version": f"{python}.5",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }


def asked(name):
    """Return the requirements of a file, those it includes left out."""
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-r")]


def locked(name):
    """Return the pins of a lock file, each with its hashes."""
    text = re.sub(r"\s*\\\n\s*", " ", (ROOT / name).read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(Requirement(line.split(" --hash")[0]), re.findall(r"--hash=(\S+)", line)) for line in lines]


def pins(name, python, system):
    """Return the version pinned for each package in an environment; a package is pinned once at most."""
    where, found = environment(python, system), {}
    for pin, _ in locked(name):
        if pin.marker is None or pin.marker.evaluate(where):
            package = canonicalize_name(pin.name)
            assert package not in found, f"{package} is pinned twice for Python {python} on {system}"
            found[package] = next(iter(pin.specifier)).version
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_one_version_with_its_hashes_and_names_no_place(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links|/tmp|/home|/root| @ ", text)
    for pin, hashes in locked(name):
        assert [one.operator for one in pin.specifier] == ["=="] and pin.url is None, pin
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), pin
        assert "+" not in str(pin.specifier), f"{pin} is a local build"


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize(("python", "system"), ENVIRONMENTS)
def test_the_lock_holds_what_is_asked_for_and_all_that_needs(name, python, system):
    """What a package needs is read from its installed copy, where that has the locked version."""
    found, where = pins(name, python, system), environment(python, system)
    assert not any(package.startswith(("nvidia", "triton", "cuda")) or package == APART for package in found)
    for requirement in (one for file in LOCKS[name] for one in asked(file)):
        _holds(found, requirement, where)
    for package, version in found.items():
        try:
            installed = distribution(package)
        except PackageNotFoundError:
            continue
        if installed.version == version:
            for line in installed.requires or []:
                _holds(found, Requirement(line), where)


def _holds(found, requirement, where):
    if requirement.marker is not None and not requirement.marker.evaluate(where):
        return
    package = canonicalize_name(requirement.name)
    if package != APART:
        assert package in found, f"{requirement} is not locked"
        assert requirement.specifier.contains(found[package], prereleases=True), f"{requirement}: {found[package]}"


def test_both_locks_agree():
    for python, system in ENVIRONMENTS:
        small, large = pins("requirements.lock", python, system), pins("requirements-dev.lock", python, system)
        assert {package: large.get(package) for package in small} == small


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_every_requirement_has_an_upper_bound(path):
    open_ended = [
        str(one) for one in asked(path.name) if not any(part.operator in ("<", "==", "~=") for part in one.specifier)
    ]
    assert open_ended == []


def test_what_torch_needs_is_locked_so_that_installing_it_brings_nothing_unchecked():
    """A build for graphics cards needs libraries of its own besides; those are left out on purpose."""
    found = pins("requirements.lock", "3.11", "linux")
    for line in distribution(APART).requires or []:
        requirement = Requirement(line)
        if not requirement.name.startswith(("nvidia", "cuda", "triton")):
            _holds(found, requirement, environment("3.11", "linux"))


def test_make_installs_from_the_locks_and_checks_every_hash():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = re.findall(r"\$\(PIP\) (.*)", makefile)
    assert installs[-3:] == [
        "--require-hashes -r requirements.lock",
        "-r requirements-torch.txt",
        "--require-hashes -r requirements-dev.lock",
    ]
    assert [str(one) for one in asked("requirements-torch.txt")] == ["torch==2.13.0"]


def test_the_licence_is_said_where_people_and_tools_look():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0" and project["license-files"] == ["LICENSE", "NOTICE"]
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert "Contains OS data (c) Crown copyright and database right." in notice
    assert "Open Government Licence v3.0" in notice
