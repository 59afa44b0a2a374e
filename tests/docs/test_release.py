"""What stands around the code is whole and true: the version, how to cite, forms, hooks before a commit."""

import datetime
import json
import re
import tomllib

import pytest
import yaml
from naming import ROOT
from packaging.version import Version

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$", CHANGELOG, re.MULTILINE)
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
INPUTS = {"textarea", "input", "dropdown", "checkboxes"}


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_version_is_the_same_wherever_it_stands():
    citation, readme = read_yaml("CITATION.cff"), (ROOT / "README.md").read_text(encoding="utf-8")
    assert str(Version(VERSION)) == VERSION
    assert (VERSION, citation["date-released"].isoformat()) == RELEASES[0]
    assert citation["version"] == VERSION
    assert set(re.findall(r"itnt_studio-(\d[\d.]*)-py3", readme)) == {VERSION}


def test_releases_have_days_and_are_sorted_into_four_kinds():
    numbers, days = [Version(number) for number, _ in RELEASES], [day for _, day in RELEASES]
    assert numbers == sorted(numbers, reverse=True) and days == sorted(days, reverse=True)
    assert all(datetime.date.fromisoformat(day) for day in days)
    for number, day in RELEASES:
        text = re.split(r"^## ", CHANGELOG.partition(f"## {number} - {day}\n")[2], flags=re.MULTILINE)[0]
        kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
        assert kinds and kinds == [kind for kind in ("Added", "Changed", "Fixed", "Removed") if kind in kinds]
        assert all(line.startswith(("* ", "  ", "### ")) or not line for line in text.splitlines())


def test_the_citation_has_what_its_schema_asks_for():
    """The keys that Citation File Format 1.2.0 requires, and its rules for those that are used."""
    citation = read_yaml("CITATION.cff")
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
    assert all(isinstance(citation[key], str) and citation[key] for key in ("message", "title", "version", "license"))
    assert (
        citation["license"]
        == tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["license"]
    )
    assert citation["authors"] and all("name" in author or "family-names" in author for author in citation["authors"])
    assert len(set(citation["keywords"])) == len(citation["keywords"])
    known = {
        "abstract",
        "authors",
        "cff-version",
        "date-released",
        "doi",
        "identifiers",
        "keywords",
        "license",
        "message",
    }
    known |= {"preferred-citation", "references", "repository", "repository-code", "title", "type", "url", "version"}
    assert set(citation) <= known


@pytest.mark.parametrize("form", [form for form in FORMS if form.stem != "config"], ids=lambda path: path.stem)
def test_an_issue_form_is_one(form):
    """As GitHub reads it: a name, a description, and inputs with an id of their own and a label."""
    read = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert read["name"] and read["description"] and set(read) <= {"name", "description", "labels", "title", "body"}
    inputs = [item for item in read["body"] if item["type"] in INPUTS]
    assert inputs and all(item["attributes"]["label"] for item in inputs)
    assert len({item["id"] for item in inputs}) == len(inputs)
    assert {item["type"] for item in read["body"]} <= INPUTS | {"markdown"}


def test_hooks_before_a_commit_are_what_the_suite_checks():
    """They run in this environment, so in the locked versions, and call what the tests call."""
    repositories = read_yaml(".pre-commit-config.yaml")["repos"]
    assert [one["repo"] for one in repositories] == ["local"]
    hooks = {hook["id"]: hook for hook in repositories[0]["hooks"]}
    assert all(hook["language"] == "system" for hook in hooks.values())
    asked = {" ".join(hook["entry"].split()) for hook in hooks.values()}
    style = (ROOT / "tests" / "test_style.py").read_text(encoding="utf-8")
    for command in ("ruff check", "ruff format --check", "mypy"):
        assert any(entry.startswith(f"python -m {command}") for entry in asked)
        assert re.search(r'\["' + r'", "'.join(command.split()), style), command
    scripts = json.loads((ROOT / "assets" / "map3d" / "package.json").read_text(encoding="utf-8"))["scripts"]
    checked = (ROOT / "tests" / "javascript" / "test_javascript.py").read_text(encoding="utf-8")
    for entry in asked:
        if entry.startswith("npm "):
            script = entry.split()[-1]
            assert script in scripts and f'"{script}"' in checked, script


def test_every_tool_of_the_hooks_is_locked():
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    assert all(re.search(rf"^{tool}==", lock, re.MULTILINE) for tool in ("ruff", "mypy"))
    packages = json.loads((ROOT / "assets" / "map3d" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all(f"node_modules/{tool}" in packages for tool in ("prettier", "eslint", "typescript"))
