"""Lessons: the model explained on the open scenario, every number computed when it is asked for.

A step turns a scenario and the positions of a few knobs into a :class:`Lesson`: sentences, equations with their
numbers, charts, a question and its answer. Nothing here draws; pages and notebooks do.
"""

from .evidence import Evidence, RunSeen, TrainingSeen, TwinSeen, all_evidence
from .example import Example, manageable
from .glossary import Term, find_terms, glossary
from .lesson import Chart, Equation, Knob, Lesson, Sentence, Value
from .path import ASKED, BEYOND, PATH, STEPS
from .step import Step, accepted_values

__all__ = [
    "ASKED",
    "BEYOND",
    "PATH",
    "STEPS",
    "Chart",
    "Equation",
    "Evidence",
    "Example",
    "Knob",
    "Lesson",
    "RunSeen",
    "Sentence",
    "Step",
    "Term",
    "TrainingSeen",
    "TwinSeen",
    "Value",
    "accepted_values",
    "all_evidence",
    "find_terms",
    "glossary",
    "manageable",
]
