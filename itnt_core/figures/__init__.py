"""Figures: pure functions from results and scenarios to the charts that pages, notebooks and reports show."""
