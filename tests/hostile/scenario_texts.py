"""Texts that claim to be scenarios, links or twin questions, and are made to cost as much as they can."""

import base64
import json
import zlib
from collections.abc import Iterator

HALF = '"\\ud800"'
SIZES = {"small": 90_000, "middle": 1_900_000}  # bytes: below and above what is read in the process that asks
NAMES = {
    "NUL": "a\0b",
    "ANSI": "\x1b[31mred\x1b[2J",
    "C1": "a\x9b31m",
    "right to left": "a\u202egpj.exe",
    "isolate": "\u2067a\u2069",
    "mark": "a\u200fb",
    "Arabic letter mark": "a\u061cb",
    "line separator": "a\u2028b",
    "byte order mark": "a\ufeffb",
    "zero width space": "a\u200bb",
    "hidden joiner": "ad\u200dmin",
    "leading joiner": "\u200dadmin",
    "soft hyphen": "ad\u00admin",
    "tags": "a\U000e0041\U000e0042",
    "no character": "a\uffff",
    "line break": "a\nb",
}


def scenario_texts(size: str = "small") -> Iterator[tuple[str, bytes, str]]:
    """Yield (name, content, kind) of hostile files; kind is ``yaml`` or ``json``, what an importer takes them for."""
    most = SIZES[size]
    for name, text in _yaml(most):
        yield f"{size} YAML {name}", text[:most].encode(), "yaml"
    for name, text in _json(most):
        yield f"{size} JSON {name}", text.encode(), "json"
    if size == "small":
        yield from _names()
        yield "not UTF-8", b'{"name": "\xff\xfe"}', "json"
        yield "UTF-16", '{"version": 1}'.encode("utf-16"), "json"
        yield "empty", b"", "yaml"
        yield "only a byte order mark", b"\xef\xbb\xbf", "yaml"


def scenario_links() -> Iterator[tuple[str, str]]:
    """Yield (name, token) of hostile links: short addresses that unpack to as much as they can."""
    bodies = {
        "users without fields": b'{"ground_users":[' + b"{}," * 66_000 + b"{}]}",
        "330,000 users": b'{"ground_users":[' + b"{}," * 330_000 + b"{}]}",
        "users with unknown keys": b'{"ground_users":[' + b'{"a":1},' * 24_000 + b"{}]}",
        "wrong users": b'{"ground_users":[' + b"0," * 4999 + b"0]}",
        "blanks": b"{" + b" " * 5_000_000 + b"}",
        "one long name": b'{"name":"' + b"a" * 4_000_000 + b'"}',
        "digits": b'{"seed":' + b"9" * 199_000 + b"}",
        "depth": b'{"area":' + b"[" * 190_000 + b"]" * 9_000 + b"}",
        "YAML": b"- " * 90_000,
        "YAML in flow": b"[" * 100_000,
        "not a list": b'{"ground_users":' + b"1" * 3 + b"}",
        "a bomb of bombs": zlib.compress(b"{" * 3_000_000, 9),
    }
    for name, body in bodies.items():
        yield name, base64.urlsafe_b64encode(zlib.compress(body, 9)).decode().rstrip("=")
    yield "not packed", base64.urlsafe_b64encode(b"hello world").decode().rstrip("=")
    yield "too long", "A" * 6001
    yield "endless", "A" * 5_000_000


def _yaml(most: int) -> Iterator[tuple[str, str]]:
    yield "flow", "ground_users: [" + "a," * (most // 2)
    yield "empty lists", "a: [" + "[]," * (most // 3)
    yield "deep flow", "[" * most
    yield "deep maps", "{a: " * (most // 4)
    yield "deep blocks", "- " * (most // 2)
    yield "complex keys", "? " * (most // 2)
    yield "a mapping as key", "? {a: {b: " + "[" * 5 + "1, " * (most // 4)
    yield "lines", "- a\n" * (most // 4)
    yield "keys", "".join(f"k{number}: 1\n" for number in range(most // 12))
    yield "keys twice", "a: 1\n" * (most // 5)
    yield "one long scalar", "name: " + "x" * (most - 10)
    yield "a scalar of lines", "name: 'a" + "\n b" * (most // 3) + "'"
    yield "a literal", "name: |\n" + " x\n" * (most // 3)
    yield "a long key", "x" * (most - 10) + ": 1\n"
    yield "an anchor", "a: &" + "x" * (most - 10) + " 1\n"
    yield "aliases", "a: &a [1]\nb: [" + "*a," * (most // 3)
    yield "a tag", "a: !" + "x" * (most - 10) + " 1\n"
    yield "tags", "a: [" + "!!int 1," * (most // 8)
    yield "a tag without value", "!!timestamp x\n"
    yield "an empty integer", "seed: !!int\n"
    yield "sexagesimal", "seed: 1" + ":1" * (most // 2 - 10) + "\n"
    yield "sexagesimal fraction", "seed: 1" + ":1" * 490 + ".5\n"
    yield "digits", "seed: " + "9" * (most - 10) + "\n"
    yield "hexadecimal", "seed: 0x" + "f" * (most - 10) + "\n"
    yield "binary", "seed: 0b" + "1" * 900 + "\n"
    yield "octal", "seed: 0" + "7" * (most - 10) + "\n"
    yield "underscores", "seed: 1" + "_" * (most - 10) + "\n"
    yield "dates", "a: [" + "2001-01-01," * (most // 11)
    yield "a date of month 13", "time: {start: 2026-13-01}\n"
    yield "merges", "<<: {a: 1}\n" * (most // 11)
    yield "comments", "#\n" * (most // 2)
    yield "blanks", " " * most
    yield "escapes", 'name: "' + "\\x41" * (most // 4 - 4) + '"\n'
    yield "half a character", 'name: "\\ud800"\n'
    yield "directives", "%YAML 1.1\n" * (most // 10)
    yield "documents", "---\n" * (most // 4)
    yield "tabs", "a:\n" + "\tb: 1\n" * (most // 6)
    yield "quotes that do not end", "a: '" + "x" * (most - 10)
    yield "wide characters", "name: " + "\U0001f6f0" * (most // 5)
    yield "users without fields", "ground_users:\n" + "- {}\n" * (most // 5)


def _json(most: int) -> Iterator[tuple[str, str]]:
    def listed(item: str, most_items: int = 10**9) -> str:
        return '{"ground_users":[' + ",".join([item] * min(most_items, most // (len(item) + 1))) + "]}"

    yield "users without fields", listed("{}")
    yield "numbers for users", listed("1")
    yield "5,000 numbers for users", listed("1", 5000)
    yield "5,000 users without fields", listed("{}", 5000)
    yield "5,000 users with unknown keys", listed('{"' + '":1,"'.join("abcdefghijklmnop") + '":1}', 5000)
    yield "lists of lists", listed("[[[]]]")
    yield "truth", listed("true")
    yield "unknown keys", "{" + ",".join(f'"{number}":1' for number in range(most // 10)) + "}"
    yield "keys twice", "{" + ",".join(['"a":1'] * (most // 6)) + "}"
    yield "nested keys", '{"a":' * (most // 5)
    yield "nested lists", '{"a":' + "[" * (most - 10)
    yield "digits", '{"seed":' + "9" * (most - 20) + "}"
    yield "4,000 digits", '{"seed":' + "9" * 4000 + "}"
    yield "an exponent", '{"seed": 1e' + "9" * (most - 20) + "}"
    yield "a fraction", '{"seed": 0.' + "3" * (most - 20) + "}"
    yield "NaN", '{"area":{"lon":NaN,"size_m":-Infinity}}'
    yield "one long name", '{"name":"' + "x" * (most - 20) + '"}'
    yield "a long key", '{"' + "x" * (most - 20) + '":1}'
    yield "a long id", '{"ground_users":[{"id":"' + "x" * (most - 60) + '"}]}'
    yield "a long version", '{"version":"' + "x" * (most - 20) + '"}'
    yield "escapes", '{"name":"' + "\\u0041" * (most // 6 - 10) + '"}'
    yield "halves", '{"ground_users":[' + ",".join([HALF] * min(5000, most // 9)) + "]}"
    yield "cut off", '{"ground_users":[' + '{"id":"a","east_m":0,' * 1000
    yield "a tail", "{}" + "x" * (most - 10)
    yield "blanks", "{" + " " * (most - 10) + "}"
    yield "same ids", listed('{"id":"a","east_m":0.0,"north_m":0.0}', 5000)
    yield (
        "stations in one place",
        '{"ground_stations":['
        + ",".join(f'{{"id":"g{number}","east_m":0.0,"north_m":0.0}}' for number in range(500))
        + "]}",
    )
    point = '{"east_m":0.0,"north_m":0.0}'
    yield (
        "flights in one place",
        '{"aerial_users":['
        + ",".join(f'{{"id":"a{number}","start":{point},"destination":{point}}}' for number in range(200))
        + "]}",
    )
    satellite = json.dumps(dict.fromkeys("abcdefghijklmnopqrstuvwxyz"))
    group = '{"id":"o","satellites":[' + ",".join([satellite] * 64) + "]}"
    yield "satellites of nothing", '{"orbits":[' + ",".join([group] * 8) + "]}"
    yield "a list for a mapping", '{"area":[' + "1," * (most // 3) + "1]}"
    yield "text for a list", '{"ground_users":"' + "x" * (most - 40) + '"}'


def _names() -> Iterator[tuple[str, bytes, str]]:
    """Yield scenarios that are right but for one name each."""
    good = {"id": "n", "east_m": 0.0, "north_m": 400.0}
    user = {"id": "u", "east_m": 10.0, "north_m": 0.0}
    for label, name in NAMES.items():
        data = {"city": {"kind": "open"}, "ground_stations": [good], "ground_users": [{**user, "name": name}]}
        yield f"name with {label}", json.dumps(data).encode(), "json"
        yield f"scenario called {label}", json.dumps({**data, "ground_users": [user], "name": name}).encode(), "json"
