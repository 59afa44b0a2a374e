"""Passes of satellites: which, when and from where, and their use in a scenario."""
