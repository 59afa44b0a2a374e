"""Replaying a run: its story, and what the address may say."""
