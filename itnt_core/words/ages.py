"""How long ago something was, as people say it."""

from __future__ import annotations

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0


def age_words(seconds: float) -> str:
    """Say how long ago something was.

    >>> [age_words(seconds) for seconds in (3.0, 100.0, 7000.0, 100_000.0, 3e6)]
    ['just now', '1 min ago', '1 h ago', '1 day ago', '34 days ago']
    """
    if seconds < MINUTE_S:
        return "just now"
    if seconds < HOUR_S:
        return f"{int(seconds // MINUTE_S)} min ago"
    if seconds < DAY_S:
        return f"{int(seconds // HOUR_S)} h ago"
    days = int(seconds // DAY_S)
    return "1 day ago" if days == 1 else f"{days} days ago"
