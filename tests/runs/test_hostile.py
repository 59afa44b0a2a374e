"""Names, files and links that mean harm."""

import pytest

from itnt_core.runs import RunStore, UnknownRunError
from itnt_core.runs.exports import export_run

HOSTILE = [
    "",
    ".",
    "..",
    "/",
    "//",
    "../..",
    "../../etc/passwd",
    "..\\..\\windows",
    "/etc/passwd",
    "~",
    "~root",
    "$HOME",
    "`id`",
    "$(id)",
    "; rm -rf /",
    "| cat",
    "a\x00b",
    "\x00",
    "%2e%2e%2f",
    "..%2f..%2f",
    "%00",
    "con",
    "nul",
    "aux",
    "a" * 5000,
    "20260101-000000-0000000",
    "20260101-000000-000000000",
    "20260101-000000-0000000G",
    "20260101-000000-00000000/..",
    "20260101-000000-00000000\n",
    " 20260101-000000-00000000",
    "20260101-000000-00000000 ",
    "２０２６０１０１-000000-00000000",
    "20260101–000000–00000000",
    "runs",
    "runs.sqlite",
    "../runs.sqlite",
    "policy.pt",
    "' OR '1'='1",
    "'; DROP TABLE runs; --",
    "<script>",
    "\u202e",
    "\ud800",
    "-rf",
    "--help",
]


@pytest.fixture
def guarded(tmp_path):
    """A store whose surroundings are known file by file."""
    (tmp_path / "secret.txt").write_text("untouched")
    store = RunStore(tmp_path / "data")
    return store, tmp_path


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_touches_no_file(guarded, name):
    store, surroundings = guarded
    before = _files(surroundings)
    for act in (store.get, store.cancel, store.resume, store.delete, store.restore, store.folder, store.events):
        with pytest.raises(UnknownRunError):
            act(name)
    for form in ("netcdf", "csv", "parquet", "zip"):
        with pytest.raises(UnknownRunError):
            export_run(store, name, form)
    assert _files(surroundings) == before


def _files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and "sqlite" not in path.name}
