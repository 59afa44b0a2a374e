"""Reports: a run, or several side by side, as one HTML file or a PDF that needs neither network nor this program.

The room stands above results, methods, views and twin: a report judges a stored decision anew and says it in pictures,
tables and sentences.
"""

from .make import FORMATS, MOST_RUNS, Form, ReportError, Source, report_bytes, report_file_name

__all__ = ["FORMATS", "MOST_RUNS", "Form", "ReportError", "Source", "report_bytes", "report_file_name"]
