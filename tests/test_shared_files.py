"""Real files that few machines have: every test asks the same one place for them, and hiding the folder hides all."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import ROOT, VARIABLE, shared_file

TESTS = ROOT / "tests"
BEYOND_THE_PROJECT = re.compile(r"parents\[3\]|ROOT\.parent|\.\./shared|[\"']shared/|/ [\"']shared[\"']")
MAY_LOOK = {"shared.py", "test_shared_files.py"}


def test_no_other_test_looks_beside_the_project():
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sorted(TESTS.rglob("*.py"))
        if path.name not in MAY_LOOK
        for line in path.read_text(encoding="utf-8").splitlines()
        if BEYOND_THE_PROJECT.search(line)
    ]
    assert found == []


def test_an_empty_name_hides_the_folder(monkeypatch, tmp_path):
    (tmp_path / "one.csv").write_text("1")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert shared_file("one.csv").exists()
    monkeypatch.setenv(VARIABLE, "")
    assert not shared_file("one.csv").exists()


@pytest.mark.parametrize("folder", ["", "here"])
def test_a_case_that_needs_a_file_runs_where_it_is_and_else_is_skipped_by_name(tmp_path, folder):
    """The real hook of conftest in a pytest of its own: two cases, one of which needs a file."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "real.csv").write_text("1")
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_runtest_setup\n")
    (tmp_path / "test_both.py").write_text(
        "import pytest\nfrom tests.shared import real_case\n\n"
        "@pytest.mark.parametrize('form', ['made up', real_case('data/real.csv')])\n"
        "def test_form(form):\n    assert form\n"
    )
    command = [sys.executable, "-m", "pytest", "-rs", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), VARIABLE: str(tmp_path) if folder else ""}
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    told = answer.stdout
    assert answer.returncode == 0, told
    if folder:
        assert "2 passed" in told
    else:
        assert "1 passed, 1 skipped" in told and "not on this machine: data/real.csv of the shared folder" in told


def test_ci_runs_the_suite_without_the_folder_first_and_then_only_what_needs_it(tmp_path):
    """.ci/run itself, with a make that notes what it was asked for: README's command, and no part hides the other."""
    assert _ci(tmp_path / "alone", shared=False) == (0, ["test, hidden"])
    assert _ci(tmp_path / "beside", shared=True) == (0, ["test, hidden", "test-shared"])
    assert _ci(tmp_path / "first fails", shared=True, fails="test") == (1, ["test, hidden", "test-shared"])
    assert _ci(tmp_path / "second fails", shared=True, fails="test-shared") == (1, ["test, hidden", "test-shared"])


def _ci(place, shared, fails=""):
    """Run .ci/run in a folder of its own; return its exit status and the targets made, hidden folder or not."""
    project, tools = place / "project", place / "tools"
    (project / ".ci").mkdir(parents=True)
    tools.mkdir()
    (project / ".ci" / "run").write_bytes((ROOT / ".ci" / "run").read_bytes())
    if shared:
        (place / "shared" / "data").mkdir(parents=True)
    make = tools / "make"
    make.write_text(
        f'#!/bin/sh\necho "$1${{{VARIABLE}-, not set}}" >> "{place}/made"\n'
        f'[ "${{{VARIABLE}-x}}" = "" ] && sed -i "$ s/$/, hidden/" "{place}/made"\n[ "$1" != "{fails}" ]\n'
    )
    make.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment["PATH"] = f"{tools}{os.pathsep}{environment['PATH']}"
    answer = subprocess.run(["bash", str(project / ".ci" / "run")], env=environment, capture_output=True, check=False)
    made = Path(place / "made").read_text().replace(", not set", "").splitlines()
    return answer.returncode, made
