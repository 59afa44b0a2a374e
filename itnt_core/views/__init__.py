"""Views: pure functions from cities, scenarios and results to what a screen draws."""

from .breakdown import Breakdown, sinr_breakdown
from .editor import editor_things, sky_passes
from .export import ExportError, replay_file_name, replay_html
from .packing import content_name, pack, unpack
from .replay import replay_bundle
from .scene import scene_bundle
from .skydome import dome_position_m
from .skyplot import sky_plot_svg, sky_sentences
from .summaries import headline_figures, replay_sentence, user_rows

__all__ = [
    "Breakdown",
    "ExportError",
    "content_name",
    "dome_position_m",
    "editor_things",
    "headline_figures",
    "pack",
    "replay_bundle",
    "replay_file_name",
    "replay_html",
    "replay_sentence",
    "scene_bundle",
    "sinr_breakdown",
    "sky_passes",
    "sky_plot_svg",
    "sky_sentences",
    "unpack",
    "user_rows",
]
