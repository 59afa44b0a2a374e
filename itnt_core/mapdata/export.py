"""A replay as one HTML file that plays from disk: drawing libraries, our modules and the data are all inside.

Binary parts are gzip in base64 and unpacked by the browser; our ES modules are data: addresses in an import map, for
modules cannot import one another from a file's folder. The page's own security policy forbids every request.
"""

from __future__ import annotations

import base64
import html
import re
from typing import Any

from itnt_core.installed import asset
from itnt_core.texts import file_stem
from itnt_core.words import replay_sentence, result_figures, user_rows

from .inlining import POLICY, for_script, packed, packed_library
from .libraries import deck_library, plotly_library
from .notes import DRAWN_NOTE
from .packing import unpack
from .ready_stories import ready_story
from .replay import replay_bundle
from .satellites import BEAM_NOTE
from .scene import scene_bundle
from .skydome import DOME_NOTE
from .story import Story, story_data

MODULES = asset("map3d") / "src"
ENTRY = "standalone.js"
IMPORT = re.compile(r'(from|import) "\./([\w.]+)"')
REMARK = re.compile(r"^ */\*\*.*?\*/\n", re.MULTILINE | re.DOTALL)  # types for the checker, which name modules, too
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
<script type="importmap">{imports}</script>
</head>
<body>
<h1></h1>
<noscript><p>This replay is drawn by a script inside this file; allow scripts to see it.</p></noscript>
<div id="replay"></div>
<dl id="figures"></dl>
<details><summary>Users, as a table</summary><div id="users"></div></details>
<p id="notice"></p>
<script type="application/json" id="facts">{facts}</script>
<script type="text/plain" id="deck">{deck}</script>
<script type="text/plain" id="plotly">{plotly}</script>
<script type="text/plain" id="city">{city}</script>
<script type="text/plain" id="flight">{flight}</script>
<script type="module">import "map3d/{entry}";</script>
</body>
</html>
"""


def replay_html(result: Any, city: Any, story: Story | None = None) -> bytes:
    """Return a self-contained page that replays a result over its city; it needs no network and no server.

    Its story plays from it, too: the one given, or the ready one; at once where its address ends with ``#story``.
    """
    style = "".join((MODULES / name).read_text(encoding="utf-8") for name in ("standalone.css", "map3d.css"))
    scene = scene_bundle(city, result.scenario.area)
    simplified = str(unpack(scene)[0]["simplified"])
    page = PAGE.format(
        policy=html.escape(POLICY, quote=True),
        title=html.escape(f"{result.scenario.name} · replay"),
        style=style,
        imports=for_script({"imports": _import_map()}),
        facts=for_script(_facts(result, city, story or ready_story(result), simplified)),
        deck=packed_library(deck_library),
        plotly=packed_library(plotly_library),
        city=packed(scene),
        flight=packed(replay_bundle(result)),
        entry=ENTRY,
    )
    return page.encode()


def replay_file_name(result: Any) -> str:
    """Return a file name for the page, made of the scenario's name."""
    return f"{file_stem(result.scenario.name, 'scenario')}-replay.html"


def _facts(result: Any, city: Any, story: Story, simplified: str = "") -> dict[str, Any]:
    """Return everything that the page tells in words; ``simplified`` says how the map is simpler than the city."""
    return {
        "title": result.scenario.name,
        "figures": result_figures(result),
        "users": user_rows(result),
        "notice": " ".join(filter(None, (city.notice, simplified, DRAWN_NOTE, "Made with ITNT Studio."))),
        "map": {
            "sky_note": DOME_NOTE,
            "beam_note": BEAM_NOTE,
            "alt": replay_sentence(result),
            "story": story_data(story),
        },
    }


def _import_map() -> dict[str, str]:
    """Return bare names and data: addresses of the modules that the page's entry needs, directly or not."""
    addresses: dict[str, str] = {}
    waiting = [ENTRY]
    while waiting:
        name = waiting.pop()
        if f"map3d/{name}" in addresses:
            continue
        source = REMARK.sub("", (MODULES / name).read_text(encoding="utf-8"))
        waiting += [found for _, found in IMPORT.findall(source)]
        named = IMPORT.sub(r'\1 "map3d/\2"', source)  # a data: address has no folder to be relative to
        addresses[f"map3d/{name}"] = f"data:text/javascript;base64,{base64.b64encode(named.encode()).decode()}"
    return addresses
