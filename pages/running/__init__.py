"""The table of runs, and disk space."""
