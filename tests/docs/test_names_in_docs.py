"""Whatever a page of the documentation names in code type exists: files, modules, classes, functions, settings."""

import re
from collections.abc import Iterator

import pytest
from naming import ROOT, file_of, is_known, modules, words

PAGES = [
    *sorted((ROOT / "docs").glob("*.md")),
    *(path for path in sorted(ROOT.glob("*.md")) if path.name != "CHANGELOG.md"),
]
IN_CODE_TYPE = re.compile(r"`([^`\n]+)`")
A_FILE = re.compile(
    r"[\w./*-]+/[\w./*-]*|[\w-]+\.(?:py|js|mjs|ts|md|json|jsonl|toml|ya?ml|css|txt|lock|cff|svg|csv|ipynb)"
)
A_NAME = re.compile(r"\w+(?:\.\w+)+")
A_WORD = re.compile(r"[A-Z]\w*[a-z]\w*[A-Z]\w*|[A-Za-z]\w*_\w+|_\w+")  # CamelCase, snake_case: nothing of a language
OTHERS = {  # of other programs, or made at run time
    "STREAMLIT_CLIENT_SHOW_ERROR_DETAILS",
    ".itnt/",
    "build/reference",
    "~/.local/share/itnt-studio",
    "progress.jsonl",
    "request.json",
    "limit_req",
    "auth_basic",
    "secrets.toml",
    "STREAMLIT_SECRETS_FILES",
    "/app/static/gen/*.bin",
    "/_stcore/health",
    "/_stcore/metrics",
}


def quoted(text: str) -> Iterator[str]:
    """Yield what stands in code type, without the blocks that are set apart by four spaces."""
    prose = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
    yield from IN_CODE_TYPE.findall(prose)


def stands(name: str) -> bool:
    """Say whether what is named exists; what is no name of ours is not judged."""
    if name in OTHERS or "..." in name:
        return True
    if A_FILE.fullmatch(name):
        return file_of(name) is not None
    if A_NAME.fullmatch(name):
        return is_known(name) or not (name.split(".")[0] in {m.split(".")[0] for m in modules()} or name[0].isupper())
    if A_WORD.fullmatch(name):
        return name in words()
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_names_exists(page):
    missing = [name for name in quoted(page.read_text(encoding="utf-8")) if not stands(name)]
    assert missing == []


@pytest.mark.parametrize(
    "name",
    [
        "itnt_core/radio/lawless.py",
        "itnt_core.sinr.sinr",
        "World.gains_of",
        "place_a_station",
        "CoverageMap",
        "wrong.md",
    ],
)
def test_a_name_that_does_not_exist_is_found(name):
    assert not stands(name)


@pytest.mark.parametrize("name", ["itnt_core.sinr.sinr_of", "World.gains_at", "docs/", "ITNT_DATA_DIR", "first"])
def test_a_name_that_exists_stands(name):
    assert stands(name)
