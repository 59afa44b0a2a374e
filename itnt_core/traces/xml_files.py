"""Traces in XML: GPX tracks (topografix.com/GPX/1/1) and SUMO's floating car data (sumo.dlr.de, FCDOutput).

Elements are read as they come and forgotten at once; entities and external parts are refused by defusedxml.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from .collecting import Collection, check_lonlat, number
from .model import TraceFile, TraceFileError, need

GPX, FCD = "GPX", "SUMO floating car data"
DEEPEST = 40  # elements within one another; both formats need 5


def read_xml(content: bytes) -> TraceFile:
    """Return the traces of an XML file, of whichever of the two formats (TraceFileError)."""
    try:
        events = _events(content)
        _, root = next(events)
        name = _tag(root)
        if name == "gpx":
            return _read_gpx(events, root)
        if name == "fcd-export":
            return _read_fcd(events, root)
    except ParseError as error:
        line, _ = error.position
        raise TraceFileError(f"The XML breaks off or is not well formed in line {line}: export it again.") from error
    except DefusedXmlException as error:
        raise TraceFileError("The XML defines entities or reads other files: that is not allowed.") from error
    except StopIteration:
        raise TraceFileError("The XML is empty: choose another file.") from None
    raise TraceFileError(f"The XML holds <{name[:40]}>, but <gpx> or <fcd-export> is needed: choose another file.")


def _events(content: bytes) -> Iterator[tuple[str, Element]]:
    """Yield starts and ends of elements, no deeper than a file of traces can need."""
    depth = 0
    for event, element in iterparse(io.BytesIO(content), events=("start", "end")):
        depth += 1 if event == "start" else -1
        need(depth <= DEEPEST, "The XML", "nested too deeply", f"{DEEPEST} levels are allowed")
        yield event, element


def _tag(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _read_gpx(events: Iterator[tuple[str, Element]], root: Element) -> TraceFile:
    """Read the points of tracks with their times; routes and waypoints, which have none, are passed over."""
    found, start = Collection(), None
    track, in_point, key = 0, False, ""
    for event, element in events:
        tag = _tag(element)
        if event == "start":
            in_point = in_point or tag == "trkpt"
            if tag == "trk":
                track, key = track + 1, f"track {track + 1}"
            continue
        if tag == "name" and key and not in_point and (element.text or "").strip():
            found.call(key, str(element.text))
        if tag == "trkpt":
            moment = _moment(next((part.text for part in element if _tag(part) == "time"), None))
            start = start or moment
            time_s = (moment - start).total_seconds() if moment is not None and start is not None else None
            found.add(key, time_s, number(element.get("lon")), number(element.get("lat")))
            element.clear()
            in_point = False
        elif tag in ("trkseg", "trk"):
            element.clear()
            root.clear()
    traces = found.traces(GPX)
    check_lonlat(traces)
    return TraceFile(GPX, traces, True, start, found.left_out)


def _moment(text: str | None) -> datetime | None:
    """Return an ISO 8601 moment in UTC; one without a zone is taken as UTC, as GPX has it."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None


def _read_fcd(events: Iterator[tuple[str, Element]], root: Element) -> TraceFile:
    """Read vehicles and people time step by time step: ``x`` and ``y`` are metres, or degrees with fcd-output.geo."""
    found = Collection()
    time_s: float | None = None
    for event, element in events:
        tag = _tag(element)
        if event == "start":
            if tag == "timestep":
                time_s = number(element.get("time"))
            continue
        if tag in ("vehicle", "person"):
            found.add(str(element.get("id", "")), time_s, number(element.get("x")), number(element.get("y")))
        element.clear()
        if tag == "timestep":
            root.clear()
    return TraceFile(FCD, found.traces(FCD), False, None, found.left_out)
