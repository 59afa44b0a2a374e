"""Comparing: runs side by side, trade-offs, the paper's figures, the ray tracer."""
