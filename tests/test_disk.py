"""What lies in the data folder and is no file: a pipe is not waited for, a folder is told in a sentence."""

import os
from pathlib import Path
from threading import Thread

import pytest

from itnt_core.city.library import list_cities, read_city_folder
from itnt_core.city.model import CityError
from itnt_core.city.store import DAMAGED, read_city
from itnt_core.disk import disk_sentence, open_regular
from itnt_core.mapdata.story import StoryError, read_story
from itnt_core.methods.bounding import KEPT
from itnt_core.methods.bounding import _read as kept_bound
from itnt_core.results import ResultError, read_result
from itnt_core.runs.folder import RunStateError, cancel_reason, read_request
from itnt_core.sky.element_store import ElementFileError, read_elements, stored_elements

HASH = "0" * 64


def answer_of(ask):
    """Return what a reader answers or raises within 20 s; one that waits for a writer does neither."""
    answer = []

    def run():
        try:
            answer.append(ask())
        except Exception as error:
            answer.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(20.0)
    assert answer, "the reader waits for somebody who writes into the pipe"
    return answer[0]


# the place of the pipe, who reads it, and what it answers
READERS = {
    "a city's description": (f"{HASH}/city.json", list_cities, list),
    "a city's own folder": (f"{HASH}/city.json", lambda folder: read_city_folder(folder / HASH), CityError),
    "a cached city": ("city.json", lambda folder: read_city(folder / "city"), DAMAGED),
    "an element set": (f"{HASH}.json", lambda folder: read_elements(folder, HASH), ElementFileError),
    "a kept bound": ("bound.json", lambda folder: kept_bound(folder / "bound.json", KEPT), type(None)),
    "a story": ("story.json", lambda folder: read_story(folder, 8, ()), StoryError),
    "a result": ("manifest.json", read_result, ResultError),
    "a request": ("request.json", read_request, RunStateError),
    "a cancel flag": ("cancel", cancel_reason, str),
}


@pytest.mark.parametrize("what", READERS)
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(tmp_path, what):
    name, read, answer = READERS[what]
    place = tmp_path / name
    place.parent.mkdir(exist_ok=True)
    os.mkfifo(place)
    assert isinstance(answer_of(lambda: read(tmp_path)), answer)


def test_the_name_of_an_element_set_may_be_a_pipe_and_costs_that_set_alone(tmp_path):
    for letter in "ab":
        (tmp_path / f"{letter * 64}.json").write_text("{}")
    (tmp_path / f"{'a' * 64}.name").write_text("Sound")
    os.mkfifo(tmp_path / f"{'b' * 64}.name")
    found = answer_of(lambda: stored_elements(tmp_path))
    assert [one.name for one in found] == ["Sound"]


def test_what_is_no_file_is_told_in_a_sentence(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place, words in ((pipe, "a pipe or a device"), (tmp_path, "a folder"), (Path("/dev/null"), "a pipe or a dev")):
        with pytest.raises(OSError) as refused:
            open_regular(place)
        assert words in disk_sentence(refused.value)


def test_a_file_is_read(tmp_path):
    (tmp_path / "file").write_bytes(b"content")
    with open_regular(tmp_path / "file") as file:
        assert file.read() == b"content"
