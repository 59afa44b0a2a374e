"""What a report is made of and into: its sources, its forms, its file name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from itnt_core.errors import ItntError

from .blocks import Document

Form = Literal["html", "pdf"]
FORMATS: dict[Form, str] = {"html": "text/html", "pdf": "application/pdf"}
MOST_RUNS = 4  # side by side: as many columns as a page holds


class ReportError(ItntError, ValueError):
    """A report that cannot be made of these runs."""


@dataclass(frozen=True)
class Source:
    """A result folder, under the name that the report gives it and the reference (run id or path) that leads back."""

    folder: Path
    name: str
    reference: str


def document_bytes(document: Document, form: Form) -> bytes:
    """Return a report as HTML or PDF."""
    if form == "html":
        from .to_html import to_html

        return to_html(document)
    from .to_pdf import to_pdf

    return to_pdf(document)


def report_file_name(names: Sequence[str], form: Form) -> str:
    """Return a file name made of the runs' names."""
    stem = "-".join(re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40] for name in names)[:90].strip("-")
    return f"{stem or 'run'}-report.{form}"
