"""From result folders to the bytes of a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from itnt_core.errors import ItntError
from itnt_core.results import read_drawable, read_manifest
from itnt_core.twin import KIND

if TYPE_CHECKING:
    from .blocks import Document

Form = Literal["html", "pdf"]
FORMATS: dict[Form, str] = {"html": "text/html", "pdf": "application/pdf"}
MOST_RUNS = 4


class ReportError(ItntError, ValueError):
    """A report that cannot be made of these runs."""


@dataclass(frozen=True)
class Source:
    """A result folder, under the name that the report gives it and the reference (run id or path) that leads back."""

    folder: Path
    name: str
    reference: str


def report_bytes(sources: Sequence[Source], form: Form, cache_dir: Path | None = None) -> bytes:
    """Return the report of one run, or of two to four of the same kind, as HTML or PDF.

    Every decision is judged anew. Raises :class:`ReportError` when the runs cannot stand in one report,
    :class:`~itnt_core.results.ResultError` when one cannot be read, :class:`ScenarioError` when its world cannot be
    built.
    """
    document = report_document(sources, cache_dir)
    if form == "html":
        from .to_html import to_html

        return to_html(document)
    from .to_pdf import to_pdf

    return to_pdf(document)


def report_document(sources: Sequence[Source], cache_dir: Path | None = None) -> Document:
    """Return the report's blocks, not yet written in any form."""
    if not 1 <= len(sources) <= MOST_RUNS:
        raise ReportError(f"A report holds 1 to {MOST_RUNS} runs, not {len(sources)}: choose fewer.")
    kinds = {_kind(source.folder) for source in sources}
    if len(kinds) > 1:
        raise ReportError("The runs are of both systems, which share no figures: make a report of each kind.")
    named = _told_apart(sources)
    return _twin(named, cache_dir) if kinds == {KIND} else _data_service(named, cache_dir)


def report_file_name(names: Sequence[str], form: Form) -> str:
    """Return a file name made of the runs' names."""
    stem = "-".join(re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40] for name in names)[:90].strip("-")
    return f"{stem or 'run'}-report.{form}"


def _kind(folder: Path) -> str:
    return str(read_manifest(folder).get("kind", ""))


def _told_apart(sources: Sequence[Source]) -> list[Source]:
    """Return the sources under names that differ."""
    names = [source.name for source in sources]
    return [
        source
        if names.count(source.name) == 1
        else Source(source.folder, f"{source.name} ({number})", source.reference)
        for number, source in enumerate(sources, start=1)
    ]


def _data_service(sources: Sequence[Source], cache_dir: Path | None) -> Document:
    from .comparison import comparison_document
    from .judged import judge
    from .run_report import run_document

    runs = [judge(read_drawable(source.folder), source.name, source.reference, cache_dir) for source in sources]
    return run_document(runs[0]) if len(runs) == 1 else comparison_document(runs)


def _twin(sources: Sequence[Source], cache_dir: Path | None) -> Document:
    from itnt_core.twin.environment import build_environment
    from itnt_core.twin.result import read_twin_result
    from itnt_core.twin.verify import verify_twin_result

    from .twin_report import NamedTwin, twin_document

    results = [read_twin_result(source.folder) for source in sources]
    worlds = {result.scenario.content_hash(): result.scenario for result in results}
    built = {key: build_environment(scenario, cache_dir=cache_dir) for key, scenario in worlds.items()}
    named = []
    for source, result in zip(sources, results, strict=True):
        found = verify_twin_result(result, environment=built[result.scenario.content_hash()])
        named.append(NamedTwin(source.name, source.reference, result, found))
    return twin_document(named)
