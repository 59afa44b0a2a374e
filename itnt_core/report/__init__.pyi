from .blocks import Document
from .comparison import comparison_document
from .dispatch_report import training_document
from .judged import judge
from .make import FORMATS, MOST_RUNS, Form, ReportError, Source, document_bytes, report_file_name
from .named import NamedResult
from .run_report import run_document
from .twin_report import twin_document

__all__ = [
    "FORMATS",
    "MOST_RUNS",
    "Document",
    "Form",
    "NamedResult",
    "ReportError",
    "Source",
    "comparison_document",
    "document_bytes",
    "judge",
    "report_file_name",
    "run_document",
    "training_document",
    "twin_document",
]
