"""Reports: a run, or several side by side, as one HTML file or a PDF that needs neither network nor this program.

The room stands above results, methods, views and twin: a report judges a stored decision anew and says it in pictures,
tables and sentences. Which document belongs to a result, its kind of study says (:mod:`itnt_core.studies`).
"""

from .blocks import Document
from .make import FORMATS, MOST_RUNS, Form, ReportError, Source, document_bytes, report_file_name

__all__ = [
    "FORMATS",
    "MOST_RUNS",
    "Document",
    "Form",
    "ReportError",
    "Source",
    "document_bytes",
    "report_file_name",
]
