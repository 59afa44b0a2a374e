"""The one reader of files of traces: GPX, CSV and SUMO FCD, recognised by their content."""

from __future__ import annotations

from .model import MOST_BYTES, TraceFile, need
from .tables import read_table
from .xml_files import read_xml

PACKED = ((b"\x1f\x8b", "a gzip archive"), (b"PK\x03\x04", "a zip archive"))


def parse_traces(content: bytes) -> TraceFile:
    """Return the traces of a file's content; raises :class:`TraceFileError` with one sentence where it is no use."""
    check_size(len(content))
    for sign, what in PACKED:
        need(not content.startswith(sign), "The content of the file", what, "GPX, CSV or XML is needed", "unpack it")
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return read_xml(content) if start.startswith(b"<") else read_table(content)


def check_size(size_bytes: int) -> None:
    """Refuse a file that is too large (TraceFileError)."""
    allowed = f"{MOST_BYTES // 10**6} MB are allowed"
    need(size_bytes <= MOST_BYTES, "The size of the file", f"{size_bytes / 1e6:,.1f} MB", allowed, "cut it")
