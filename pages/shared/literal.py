"""Text that is shown as it is, whatever it holds."""

from __future__ import annotations

_SPECIAL = frozenset("\\`*_{}[]()<>#+-.!|~$:&=")


def escaped(text: str) -> str:
    """Return text with everything that Markdown or Streamlit would interpret made literal."""
    return "".join(f"\\{character}" if character in _SPECIAL else character for character in text.replace("\n", " "))
