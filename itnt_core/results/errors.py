"""What is wrong with a stored result, in a sentence."""

from __future__ import annotations

from itnt_core.errors import ItntError


class ResultError(ItntError, ValueError):
    """A result that cannot be read or saved."""
