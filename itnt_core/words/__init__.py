"""Words: sentences and tables that pages, reports and the command line all show; nothing here draws."""

from .differences import scenario_differences
from .explanations import explanation_rows
from .summaries import headline_figures, replay_sentence, user_rows

__all__ = ["explanation_rows", "headline_figures", "replay_sentence", "scenario_differences", "user_rows"]
