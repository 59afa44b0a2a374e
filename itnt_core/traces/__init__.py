"""Traces: where people and vehicles were measured or simulated to be, from files, as paths of ground users."""

from .model import MOST_BYTES, Trace, TraceFile, TraceFileError
from .process import parse_sent_traces
from .reading import parse_traces
from .users import Clock, Metres, Placing, TraceUse, use_traces

__all__ = [
    "MOST_BYTES",
    "Clock",
    "Metres",
    "Placing",
    "Trace",
    "TraceFile",
    "TraceFileError",
    "TraceUse",
    "parse_sent_traces",
    "parse_traces",
    "use_traces",
]
