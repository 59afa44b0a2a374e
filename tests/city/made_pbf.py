"""OpenStreetMap's binary format (https://wiki.openstreetmap.org/wiki/PBF_Format), as small as a test needs it."""

from __future__ import annotations

import itertools
import struct
import zlib

NODE, WAY = 1, 3  # fields of a PrimitiveGroup
UNITS_PER_DEGREE = 1e7


def osm_pbf(ways):
    """Return a file of closed ways: (ring in degrees, tags); nodes are numbered as they come."""
    strings = [
        b"",
        *dict.fromkeys(text.encode() for _, tags in ways for pair in tags.items() for text in map(str, pair)),
    ]
    number_of = {text.decode(): number for number, text in enumerate(strings)}
    nodes, lines, node = b"", b"", 0
    for number, (ring, tags) in enumerate(ways, 1):
        first = node + 1
        for lon, lat in ring[:-1]:
            node += 1
            place = field(8, zigzag(round(lat * UNITS_PER_DEGREE))) + field(9, zigzag(round(lon * UNITS_PER_DEGREE)))
            nodes += message(NODE, field(1, zigzag(node)) + place)
        refs = [*range(first, node + 1), first]
        steps = [refs[0], *(b - a for a, b in itertools.pairwise(refs))]
        words = packed(2, [number_of[key] for key in tags]) + packed(3, [number_of[str(tags[key])] for key in tags])
        lines += message(WAY, field(1, number) + words + packed(8, [zigzag(step) for step in steps]))
    table = message(1, b"".join(message(1, text) for text in strings))
    block = table + message(2, nodes) + message(2, lines)
    return blob(b"OSMHeader", message(4, b"OsmSchema-V0.6")) + blob(b"OSMData", block)


def blob(kind, content):
    body = field(2, len(content)) + message(3, zlib.compress(content))
    head = message(1, kind) + field(3, len(body))
    return struct.pack(">I", len(head)) + head + body


def varint(number):
    found = b""
    while number > 127:
        found, number = found + bytes([number & 127 | 128]), number >> 7
    return found + bytes([number])


def zigzag(number):
    return number << 1 if number >= 0 else (-number << 1) - 1


def field(number, value):
    return varint(number << 3) + varint(value)


def message(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def packed(number, values):
    return message(number, b"".join(varint(value) for value in values))
