"""Stories: what may be kept, what is refused in a sentence, and the ready one against the numbers it tells."""

import json
import re

import numpy as np
import pytest

from itnt_core.mapdata.framing import on_picture
from itnt_core.mapdata.ready_stories import ready_story
from itnt_core.mapdata.story import (
    MOST_BYTES,
    MOST_VIEWS,
    STORY_FILE,
    Story,
    StoryError,
    camera_of,
    delete_story,
    read_story,
    story_data,
    view_of,
    write_story,
)
from itnt_core.results import read_result, served_users
from itnt_core.scenario.frame import lonlat_to_local

CAMERA = {"longitude": -0.09, "latitude": 51.5, "span_m": 900.0, "pitch": 50.0, "bearing": 10.0}
USERS = ("au-1", "gu-1")


def view(caption="A view", **more):
    return view_of({"caption": caption, "start_slot": 1.0, "end_slot": 3.0, "camera": CAMERA, **more})


def captions(story):
    return [one.caption for one in story.views]


def test_a_story_is_kept_and_found_again(tmp_path):
    story = Story(views=(view("<b>π &</b>", user="au-1"), view("two", follow=True, turn_deg=-20.0)))
    assert read_story(tmp_path, 8, USERS) is None
    write_story(tmp_path, story)
    assert read_story(tmp_path, 8, USERS) == story
    assert [path.name for path in tmp_path.iterdir()] == [STORY_FILE]
    assert story_data(story)[0]["camera"] == CAMERA
    delete_story(tmp_path)
    delete_story(tmp_path)
    assert read_story(tmp_path, 8, USERS) is None


def test_views_are_added_moved_changed_and_taken_away():
    story = Story(views=()).with_added(view("a")).with_added(view("b")).with_added(view("c"))
    assert captions(story.with_moved(0, 1)) == ["b", "a", "c"]
    assert captions(story.with_moved(2, 1)) == captions(story.with_moved(0, -1)) == ["a", "b", "c"]
    assert captions(story.without(1)) == ["a", "c"]
    assert story.with_changed(1, caption="B", speed=2.0).views[1] == view("B", speed=2.0)
    full = Story(views=(view(),) * MOST_VIEWS)
    with pytest.raises(StoryError, match=f"{MOST_VIEWS} views, which is the most"):
        full.with_added(view())


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"caption": "x" * 281}, "caption"),
        ({"end_slot": 0.5}, "ends before it starts"),
        ({"camera": {**CAMERA, "pitch": 95.0}}, "pitch"),
        ({"camera": {**CAMERA, "latitude": float("nan")}}, "latitude"),
        ({"camera": {**CAMERA, "zoom": 3}}, "zoom"),
        ({"camera": None}, "camera"),
        ({"speed": 0.0}, "speed"),
        ({"duration_s": 1e9}, "duration_s"),
        ({"user": "<script>"}, "user"),
        ({"start_slot": float("inf")}, "start_slot"),
        ({"more": 1}, "more"),
    ],
)
def test_a_view_that_cannot_be_is_refused_in_one_sentence(change, word):
    data = {"caption": "", "start_slot": 1.0, "end_slot": 3.0, "camera": CAMERA, **change}
    with pytest.raises(StoryError, match=word) as refused:
        view_of(data)
    assert str(refused.value).count("\n") == 0


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "damaged"),
        ("[]", "damaged"),
        ('{"version": 2, "views": []}', "damaged"),
        ("\x00\xff", "damaged"),
        ('{"views": [' + "1," * 40_000 + "1]}", "more than 64,000 bytes"),
        ("[" * 5000, "damaged"),
        (json.dumps({"views": [view(end_slot=9.0).model_dump()]}), "ends at slot 9, but"),
        (json.dumps({"views": [view(user="gu-7").model_dump()]}), "'gu-7', who is not in this run"),
        (json.dumps({"views": [view().model_dump()] * (MOST_VIEWS + 1)}), "damaged"),
    ],
)
def test_a_damaged_story_is_told(tmp_path, text, word):
    (tmp_path / STORY_FILE).write_text(text, encoding="latin-1")
    with pytest.raises(StoryError, match=word):
        read_story(tmp_path, 8, USERS)


def test_the_longest_captions_of_the_most_views_fit(tmp_path):
    story = Story(views=tuple(view("\U0001f680" * 280) for _ in range(MOST_VIEWS)))
    write_story(tmp_path, story)
    assert read_story(tmp_path, 8, USERS) == story
    assert (tmp_path / STORY_FILE).stat().st_size < MOST_BYTES


def test_a_camera_out_of_this_world_is_refused():
    with pytest.raises(StoryError, match="longitude"):
        camera_of({**CAMERA, "longitude": 181.0})


@pytest.fixture(scope="module")
def demo():
    from pathlib import Path

    return read_result(Path(__file__).resolve().parents[2] / "assets" / "demo")


def test_the_ready_story_tells_the_runs_own_numbers(demo):
    data, slot_s = demo.dataset, demo.scenario.time.slot_s
    story = ready_story(demo)
    told = captions(story)
    assert len(told) == 6 and all(0 <= one.start_slot <= one.end_slot <= data.sizes["slot"] for one in story.views)
    mbit = np.nansum(data["rate_active_mbit_s"].values, axis=0) * slot_s
    users = [str(user) for user in data["user"].values]
    assert told[2].startswith(f"{users[int(np.argmin(mbit))]} gets least: {mbit.min():,.0f} Mbit")
    assert told[3].startswith(f"{users[int(np.argmax(mbit))]} gets most: {mbit.max():,.0f} Mbit")
    slot, station = np.unravel_index(np.nanargmax(data["elevation_deg"].values), data["elevation_deg"].shape)
    carried = int((data["serving_station"].values[slot] == station).sum())
    name = data["station"].values[station]
    assert told[4].startswith(f"From {slot * slot_s:.0f} to {(slot + 1) * slot_s:.0f} s {name} stands highest")
    assert f"serves {carried} of {len(users)} users" in told[4]
    assert f"{demo.kpis['data_service_mbit']:,.0f} Mbit" in told[5] and "proved" in told[5]


def test_the_first_handover_is_found_by_looking_slot_by_slot(demo):
    serving, names = demo.dataset["serving_station"].values, demo.dataset["station"].values
    aerial = demo.dataset.sizes["aerial_user"]
    first = next(
        (slot, user)
        for slot in range(1, len(serving))
        for user in range(aerial)
        if serving[slot, user] >= 0 and serving[slot - 1, user] >= 0 and serving[slot, user] != serving[slot - 1, user]
    )
    slot, user = first
    old, new = names[serving[slot - 1, user]], names[serving[slot, user]]
    view = ready_story(demo).views[1]
    name = demo.scenario.user_ids[user]
    assert view.caption.startswith(
        f"After {slot * demo.scenario.time.slot_s:.0f} s {name} changes from {old} to {new}: its SINR goes from "
    )
    assert view.user == name and view.start_slot <= slot <= view.end_slot


def test_its_cameras_look_at_what_is_told(demo):
    worst = ready_story(demo).views[2]
    area = demo.scenario.area
    east, north = lonlat_to_local(worst.camera.longitude, worst.camera.latitude, area.lon, area.lat)
    user = next(user for user in demo.scenario.ground_users if user.id == worst.user)
    assert max(abs(east - user.east_m), abs(north - user.north_m)) <= worst.camera.span_m / 2


def shown_slot(result, time):
    """Return the index of the slot that the map shows at a playhead, as its flight.js has it."""
    return min(int(result.dataset.sizes["slot"]) - 1, int(np.floor(time)))


def flickering(result):
    """Let the first aerial user change its station slot by slot, with another SINR in each."""
    result.dataset["serving_station"][:, 0] = [0, 1, 0, 2, 1]
    result.dataset["sinr_active_db"][:, 0] = [12.0, 13.0, 14.0, 15.0, 16.0]
    return result


def test_the_picture_beside_a_handover_shows_the_stations_and_the_sinr_of_its_caption(result):
    told = ready_story(flickering(result)).views[1]
    user, old, new, before, after = re.search(
        r"s (\S+) changes from (\S+) to (\S+): its SINR goes from ([\d.-]+) to ([\d.-]+) dB", told.caption
    ).groups()
    data = result.dataset
    column = list(data["user"].values).index(user)
    names, serving = data["station"].values, data["serving_station"].values[:, column]
    playheads = np.arange(told.start_slot, told.end_slot + 1e-9, 0.01)
    seen = [names[serving[shown_slot(result, time)]] for time in playheads]
    assert [name for number, name in enumerate(seen) if number == 0 or seen[number - 1] != name] == [old, new]
    sinr = data["sinr_active_db"].values[:, column]
    assert f"{sinr[shown_slot(result, told.end_slot)]:.1f}" == after
    moment = next(number for number, name in enumerate(seen) if name == new)
    assert f"{sinr[shown_slot(result, playheads[moment - 1])]:.1f}" == before


def test_the_picture_beside_a_culmination_shows_the_elevation_and_the_slot_of_its_caption(demo):
    told = next(view for view in ready_story(demo).views if "stands highest" in view.caption)
    start, end, name, elevation, carried = re.search(
        r"From (\d+) to (\d+) s (\S+) stands highest, at (\d+) degrees, and serves (\d+) of", told.caption
    ).groups()
    data, slot = demo.dataset, shown_slot(demo, told.end_slot)
    station = list(data["station"].values).index(name)
    assert f"{data['elevation_deg'].values[slot, station]:.0f}" == elevation
    served = served_users(demo.scenario, data)[slot] & (data["serving_station"].values[slot] == station)
    assert served.sum() == int(carried)
    assert int(start) <= told.end_slot * demo.scenario.time.slot_s <= int(end)


@pytest.mark.parametrize("name", ["demo", "small"])
def test_no_camera_of_a_user_leaves_that_user_out_at_its_height(name, demo, result):
    run = demo if name == "demo" else result
    area, aerial = run.scenario.area, run.dataset.sizes["aerial_user"]
    for told in (view for view in ready_story(run).views if view.user):
        column = list(run.dataset["user"].values).index(told.user)
        paths = run.dataset["position_m"].values[int(told.start_slot) : int(told.end_slot) + 1]
        ground = run.dataset["ground_position_m"].values
        points = paths[:, column] if column < aerial else ground[column - aerial][None]
        camera = told.camera
        centre = lonlat_to_local(camera.longitude, camera.latitude, area.lon, area.lat)
        places = on_picture(points, centre, camera.span_m, camera.pitch, camera.bearing)
        assert np.abs(places).max() < 0.95, told.caption


def test_what_a_run_does_not_have_is_left_out(result):
    result.dataset["elevation_deg"][:] = np.nan
    told = captions(ready_story(result))
    assert len(told) == 4  # nobody changes its station, nothing crosses the sky
    assert not any("nan" in caption for caption in told)
    assert "served 0 % of the time." in told[1]  # and no mean of nothing
