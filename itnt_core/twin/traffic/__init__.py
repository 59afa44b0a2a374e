"""Demand: measured or generated levels, what arrives in each slot, and what the twin forecasts."""
