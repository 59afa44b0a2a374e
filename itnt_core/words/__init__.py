"""Words: sentences and tables of words that pages and reports both show; nothing here draws or knows a run store."""

from .differences import scenario_differences
from .explanations import explanation_rows

__all__ = ["explanation_rows", "scenario_differences"]
