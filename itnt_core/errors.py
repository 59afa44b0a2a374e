"""The root of every error of this program: what went wrong, in sentences for a person."""

from __future__ import annotations


class ItntError(Exception):
    """Report what went wrong in sentences; whoever catches asks for this class and shows :attr:`sentences`.

    Each room derives its own class and names a built-in one beside it (``class CityError(ItntError, ValueError)``),
    so that callers who know only Python's errors are served, too.
    """

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what went wrong, one sentence each."""
        return tuple(line for line in str(self).splitlines() if line)
