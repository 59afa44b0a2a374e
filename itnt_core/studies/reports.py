"""From result folders to the bytes of a report, whatever kind of study they are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from itnt_core.report import MOST_RUNS, Form, ReportError, Source, document_bytes
from itnt_core.results import read_manifest, study_name

from .registry import find_study

if TYPE_CHECKING:
    from itnt_core.report import Document


def report_bytes(sources: Sequence[Source], form: Form, cache_dir: Path | None = None) -> bytes:
    """Return the report of one run, or of two to four of the same kind of study, as HTML or PDF.

    Every decision is judged anew. Raises :class:`ReportError` when the runs cannot stand in one report,
    :class:`~itnt_core.results.ResultError` when one cannot be read, :class:`ScenarioError` when its world cannot be
    built.
    """
    return document_bytes(report_document(sources, cache_dir), form)


def report_document(sources: Sequence[Source], cache_dir: Path | None = None) -> Document:
    """Return the report's blocks, not yet written in any form."""
    if not 1 <= len(sources) <= MOST_RUNS:
        raise ReportError(f"A report holds 1 to {MOST_RUNS} runs, not {len(sources)}: choose fewer.")
    names = {study_name(read_manifest(source.folder)) for source in sources}
    if len(names) > 1:
        raise ReportError("The runs are of several kinds, which share no figures: make a report of each kind.")
    return find_study(names.pop()).report(_with_distinct_names(sources), cache_dir)


def _with_distinct_names(sources: Sequence[Source]) -> list[Source]:
    """Return the sources under names that differ."""
    names = [source.name for source in sources]
    return [
        source if names.count(source.name) == 1 else replace(source, name=f"{source.name} ({number})")
        for number, source in enumerate(sources, start=1)
    ]
