"""The folder of real files beside the project, which few machines have: where it is, and how a test asks for it.

A test that can do with made-up files runs on those everywhere, and on the real ones as a second case with the mark
``shared``; where a file is absent, that case is skipped with its reason. ``ITNT_SHARED_DIR`` names another folder; when
it is empty, the folder is hidden, so that a machine that has it can run what a stranger's machine runs.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BESIDE = ROOT.parent / "shared"
VARIABLE = "ITNT_SHARED_DIR"


def shared_file(name):
    """Return the path of a file of the folder by its name there, whether it is there or not."""
    named = os.environ.get(VARIABLE)
    folder = BESIDE if named is None else Path(named) if named else ROOT / "no shared folder"
    return folder / name


def needs_shared(*names):
    """Return the mark of a test or a case that needs these files of the folder."""
    return pytest.mark.shared(*names)


def real_case(*names, case="real"):
    """Return the second case of a test whose first one is made up: it gets the name ``case``."""
    return pytest.param(case, marks=needs_shared(*names), id=case)


def skip_where_absent(item):
    """Skip a test that needs files which are not here, and say which."""
    names = [name for mark in item.iter_markers("shared") for name in mark.args]
    missing = [name for name in names if not shared_file(name).exists()]
    if missing:
        pytest.skip(f"not on this machine: {', '.join(missing)} of the shared folder")
