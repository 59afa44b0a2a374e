"""Spectrum sharing: the question, its set-up, its results, the stored study."""
