"""The command line: everything that the pages can do, without a browser."""

from .commands import FAULT, main

__all__ = ["FAULT", "main"]
