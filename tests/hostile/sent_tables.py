"""Element and traffic files that are handed in to do harm: cut, spoilt, nested, huge, of the wrong kind, referring."""

import json
import random

from itnt_core.sky.element_process import APART_ABOVE_BYTES
from tests.sky.element_texts import omm_fields, omm_xml, tle_text

LARGE = APART_ABOVE_BYTES - 2000  # as large as is read in the product's own process
NUMBERS = ("1e400", "-1e400", "NaN", "Infinity", "9" * 4000, "-0.0", "1_000", "0x1F", "١٢", "", "null", "1e-400")
TEXTS = ("\0", "\x1b[2J", "\u202eevil", "=cmd|' /C calc'!A0", "a" * 50_000, "\ud7ff\ufffe", "'; DROP TABLE runs; --")


def element_files(address="http://127.0.0.1:9", secret="/etc/passwd", seed=1):
    """Yield name and bytes."""
    good = {
        "made.tle": tle_text().encode(),
        "made.json": json.dumps([omm_fields()]).encode(),
        "made.xml": omm_xml(omm_fields()).encode(),
        "made.csv": _csv([omm_fields()]),
    }
    yield from _damaged(good, seed)
    for number in NUMBERS:
        for field in ("MEAN_MOTION", "NORAD_CAT_ID", "ECCENTRICITY", "BSTAR", "EPOCH"):
            yield f"{field} {number[:9]}.json", json.dumps(omm_fields(**{field: number})).encode()
        yield f"bare {number[:9]}.json", json.dumps(omm_fields(BSTAR="?")).replace('"?"', number or "?").encode()
    for number, text in enumerate(TEXTS):
        yield f"name {number}.json", json.dumps(omm_fields(OBJECT_NAME=text)).encode()
        yield f"name {number}.tle", tle_text().replace("MADE 1", text, 1).encode("utf-8", "replace")
        yield f"keyword {number}.csv", _csv([{text: "1", **omm_fields()}])
    for value in ([1], {"a": 1}, [[[]]], True, None):
        yield f"value {value!s:.8}.json", json.dumps(omm_fields(MEAN_MOTION=value)).encode()
    for opening, closing in (("[", "]"), ('{"a":', "}"), ("<a>", "</a>")):
        for depth in (100, 900, LARGE // (len(opening) + len(closing))):
            yield f"deep {opening} {depth}", (opening * depth + closing * depth).encode()
            yield f"open {opening} {depth}", (opening * depth).encode()
    for letters in ("\n", "a\n", ",", '"', "1 25544U\n", "#\n", "<a/>", "0 x\n", " ", "\r", "\\"):
        yield f"many {letters!r}", (letters * (LARGE // len(letters))).encode()
    yield "many columns.csv", ("MEAN_MOTION," + "a," * (LARGE // 2)).encode()
    yield "an endless quote.csv", ('MEAN_MOTION,a\n"' + "x" * LARGE).encode()
    yield "many objects.json", json.dumps([{}] * (LARGE // 4)).encode()
    yield "many good ones.json", json.dumps([omm_fields(NORAD_CAT_ID=n) for n in range(190)]).encode()
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    for number, dtd in enumerate(
        (
            f"SYSTEM '{address}/a'",
            f"[<!ENTITY a SYSTEM '{address}/a'>]",
            f"[<!ENTITY a SYSTEM 'file://{secret}'>]",
            f"[<!ENTITY % p SYSTEM '{address}/p'> %p;]",
            f"[<!ENTITY l0 'ha'>{laughs}<!ENTITY a '&l9;'>]",
        )
    ):
        yield f"document type {number}.xml", omm_xml(omm_fields(), f"<!DOCTYPE ndm {dtd}>").encode()
    include = f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file://{secret}'/>"
    yield "include.xml", omm_xml(omm_fields()).replace("<segment>", f"<segment>{include}").encode()
    yield "stylesheet.xml", omm_xml(omm_fields(), f"<?xml-stylesheet href='{address}/a.xsl'?>").encode()


def traffic_files(seed=1):
    """Yield name and bytes."""
    rows = [f"a,2024-03-04 {hour:02d}:00:00,{hour}" for hour in range(24)] + ["a,2024-03-05 00:00:00,1"] * 1
    good = {
        "made.csv": (
            "cell,time,load\n" + "\n".join([*rows, "a,2024-03-05 01:00:00,2", "a,2024-03-05 02:00:00,2"])
        ).encode(),
        "raw.txt": "\n".join(f"1\t{1704067200000 + n * 600000}\t39\t0\t0\t0\t0\t{n}" for n in range(200)).encode(),
    }
    yield from _damaged(good, seed)
    for number in NUMBERS:
        for position, field in enumerate(("cell", "time", "load")):
            line = ["a", "2024-03-04 05:00:00", "5"]
            line[position] = number
            yield (
                f"{field} {number[:9]}.csv",
                good["made.csv"].replace(b"a,2024-03-04 05:00:00,5", ",".join(line).encode()),
            )
    for number, text in enumerate(TEXTS):
        yield f"cell {number}.csv", good["made.csv"].replace(b"a,2024", text.encode("utf-8", "replace") + b",2024", 2)
        yield f"column {number}.csv", good["made.csv"].replace(b"cell", text.encode("utf-8", "replace") + b",cell", 1)
    for letters in ("\n", "a\n", ",", '"', ";", "\t", "a,1,1\n", '"",', '"\n', "1704067200000\n", "\r", " "):
        yield f"many {letters!r}", (b"cell,time,load\n" + (letters * (LARGE // len(letters))).encode())
        yield f"only {letters!r}", (letters * (LARGE // len(letters))).encode()
    yield (
        "many cells.csv",
        ("cell,time,load\n" + "".join(f"c{n},2024-03-04 05:00:00,1\n" for n in range(3500))).encode(),
    )
    yield "far apart.csv", b"cell,time,load\na,1990-01-01,1\na,2099-12-31,1\n" + b"a,1990-01-01 00:01:00,1\n"
    yield "short steps.csv", b"cell,time,load\n" + b"".join(b"a,%d,1\n" % (1704067200000 + n) for n in range(5000))


def _damaged(good, seed):
    chance = random.Random(seed)
    for name, content in good.items():
        for share in (0.1, 0.5, 0.97):
            yield f"cut at {share:g} {name}", content[: int(len(content) * share)]
        for number in range(5):
            spoilt = bytearray(content)
            for _ in range(1 + 3 * number):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            yield f"spoilt {number} {name}", bytes(spoilt)
        for encoding in ("utf-16", "utf-7", "cp037"):
            yield f"in {encoding} {name}", content.decode().encode(encoding)
        yield f"twice {name}", content + content
        yield f"null bytes {name}", content.replace(b"\n", b"\0\n", 2)
    wrong = (
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
        b"%PDF-1.7",
        b"\x89HDF\r\n\x1a\n",
        b"CDF\x01",
        b"SQLite format 3\0",
        b"\x80\x04\x95",
    )
    for number, start in enumerate(wrong):
        yield f"wrong kind {number}", start + b"\0" * 500
        yield f"wrong kind with text {number}", start + b"a,b,c\n1,2,3\n" * 40


def _csv(rows):
    header = list(rows[0])
    lines = [",".join(header), *(",".join(str(row[name]) for name in header) for row in rows)]
    return "\n".join(lines).encode("utf-8", "replace")
