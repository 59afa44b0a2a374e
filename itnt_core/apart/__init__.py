"""Read what others send in a process that can be lost: without a network, with limits, seeing nothing but its input.

A parser that a file crashes, floods or takes over costs that reading and nothing else. The process is told a task of
:mod:`itnt_core.apart.tasks` by name, a question as JSON, and answers with JSON or with a sentence.
"""

from .ask import INPUT, ApartError, Refused, apart_scratch, ask_apart, run_apart
from .limits import Limits
from .spoken import Notify

__all__ = ["INPUT", "ApartError", "Limits", "Notify", "Refused", "apart_scratch", "ask_apart", "run_apart"]
