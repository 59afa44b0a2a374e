from .breakdown import Breakdown
from .dispatching import episode_bundle
from .editor import EDITOR_RULES, editor_sentence, editor_things, sky_bundle, sky_passes, whole_track, window_track
from .export import replay_file_name, replay_html
from .frames import (
    flight_frame,
    link_frame,
    located,
    mission_frame,
    path_frame,
    position_frame,
    satellite_frame,
    station_frame,
    surface_frame,
    user_frame,
    user_places_m,
    user_result_frame,
    utc_times,
    zone_frame,
)
from .framing import camera_on, overview_span_m
from .libraries import deck_library, plotly_library
from .live import live_bundle
from .lobes import lobe_m, marker_place_m
from .notebook_map import NotebookMap, result_map, scenario_map
from .notes import DRAWN_NOTE
from .opening import read_opening
from .packing import content_name, pack, unpack
from .ready_stories import ready_story
from .replay import replay_bundle
from .satellites import BEAM_NOTE
from .scene import nearest_label, scene_bundle
from .sharing import PLAN_WORDS, plan_of, question_bundle, sharing_bundle
from .skydome import DOME_NOTE
from .story import (
    LONGEST_S,
    MOST_CAPTION,
    MOST_VIEWS,
    SHORTEST_S,
    Camera,
    Story,
    StoryError,
    camera_of,
    delete_story,
    read_story,
    story_data,
    view_of,
    write_story,
)
from .surface import SURFACE_KINDS, SurfacePicture, gain_picture, surface_bundle, surface_picture

__all__ = [
    "BEAM_NOTE",
    "DOME_NOTE",
    "DRAWN_NOTE",
    "EDITOR_RULES",
    "LONGEST_S",
    "MOST_CAPTION",
    "MOST_VIEWS",
    "PLAN_WORDS",
    "SHORTEST_S",
    "SURFACE_KINDS",
    "Breakdown",
    "Camera",
    "NotebookMap",
    "Story",
    "StoryError",
    "SurfacePicture",
    "camera_of",
    "camera_on",
    "content_name",
    "deck_library",
    "delete_story",
    "editor_sentence",
    "editor_things",
    "episode_bundle",
    "flight_frame",
    "gain_picture",
    "link_frame",
    "live_bundle",
    "lobe_m",
    "located",
    "marker_place_m",
    "mission_frame",
    "nearest_label",
    "overview_span_m",
    "pack",
    "path_frame",
    "plan_of",
    "plotly_library",
    "position_frame",
    "question_bundle",
    "read_opening",
    "read_story",
    "ready_story",
    "replay_bundle",
    "replay_file_name",
    "replay_html",
    "result_map",
    "satellite_frame",
    "scenario_map",
    "scene_bundle",
    "sharing_bundle",
    "sky_bundle",
    "sky_passes",
    "station_frame",
    "story_data",
    "surface_bundle",
    "surface_frame",
    "surface_picture",
    "unpack",
    "user_frame",
    "user_places_m",
    "user_result_frame",
    "utc_times",
    "view_of",
    "whole_track",
    "window_track",
    "write_story",
    "zone_frame",
]
