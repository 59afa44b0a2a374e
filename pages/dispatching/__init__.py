"""Dispatching: the worlds, who flies, what came of it, trainings."""
