"""A story: captioned views of a replay, with camera and time, that play one after the other by themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from itnt_core.disk import open_regular
from itnt_core.errors import ItntError
from itnt_core.results import write_text
from itnt_core.scenario import STORED, Identifier, LongText

STORY_FILE = "story.json"
MOST_VIEWS = 24  # of a story
MOST_BYTES = 64_000
MOST_CAPTION = 280  # characters: three lines on the screen
SHORTEST_S, LONGEST_S = 1.0, 120.0


class StoryError(ItntError, ValueError):
    """A story, or a part of one, that cannot be used; the message is one sentence."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Camera(_Part):
    """Where the camera looks: a point on the ground, how many metres the picture spans there, tilt and direction."""

    longitude: float = Field(ge=-180.0, le=180.0)
    latitude: float = Field(ge=-85.0, le=85.0)
    span_m: float = Field(ge=20.0, le=100_000.0)
    pitch: float = Field(56.0, ge=0.0, le=80.0)
    bearing: float = Field(0.0, ge=-360.0, le=360.0)


class StoryView(_Part):
    """One view: its caption, the time it plays (slots from the start; equal ends stand still), camera and user.

    It is shown until its time has been played at ``speed``, a multiple of the speed at which the replay begins, and
    ``duration_s`` seconds have passed. With ``follow`` the
    camera goes with the chosen user; ``turn_deg`` is how far it turns around its point meanwhile.
    """

    caption: LongText = Field("", max_length=MOST_CAPTION)
    start_slot: float = Field(0.0, ge=0.0, le=3600.0)
    end_slot: float = Field(0.0, ge=0.0, le=3600.0)
    speed: float = Field(1.0, ge=0.1, le=16.0)
    duration_s: float = Field(6.0, ge=SHORTEST_S, le=LONGEST_S)
    camera: Camera
    user: Identifier | None = None
    follow: bool = False
    turn_deg: float = Field(0.0, ge=-180.0, le=180.0)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> StoryView:
        if self.end_slot < self.start_slot:
            raise ValueError("the view ends before it starts")
        return self


class Story(_Part):
    """The views of a story in their order."""

    version: Literal[1] = 1
    views: tuple[StoryView, ...] = Field(max_length=MOST_VIEWS)

    def with_added(self, view: StoryView) -> Story:
        """Return the story with a view at its end (StoryError when it is full)."""
        if len(self.views) >= MOST_VIEWS:
            raise StoryError(f"The story has {MOST_VIEWS} views, which is the most: delete one first.")
        return Story(views=(*self.views, view))

    def with_moved(self, number: int, step: int) -> Story:
        """Return the story with a view moved ``step`` places on; at the ends it stays where it is."""
        views = list(self.views)
        place = min(max(number + step, 0), len(views) - 1)
        views.insert(place, views.pop(number))
        return Story(views=tuple(views))

    def without(self, number: int) -> Story:
        """Return the story without a view."""
        return Story(views=self.views[:number] + self.views[number + 1 :])

    def with_changed(self, number: int, **changes: Any) -> Story:
        """Return the story with fields of a view changed (StoryError says what is wrong)."""
        view = view_of(self.views[number].model_dump() | changes)
        return Story(views=(*self.views[:number], view, *self.views[number + 1 :]))


def view_of(data: Any) -> StoryView:
    """Return the view that plain data describes (StoryError)."""
    try:
        return StoryView.model_validate(data)
    except ValidationError as error:
        raise StoryError(f"This view cannot be used: {_first_finding(error)}.") from error


def camera_of(data: Any) -> Camera:
    """Return the camera that plain data describes (StoryError)."""
    try:
        return Camera.model_validate(data)
    except ValidationError as error:
        raise StoryError(f"This camera cannot be used: {_first_finding(error)}.") from error


def read_story(folder: Path, slots: int, users: tuple[str, ...]) -> Story | None:
    """Return the story stored in a folder, None without one (StoryError when it is damaged or of another run)."""
    path = folder / STORY_FILE
    try:
        with open_regular(path) as handle:
            data = handle.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoryError(f"The story of this run cannot be read: {error.strerror}.") from error
    if len(data) > MOST_BYTES:
        raise StoryError(
            f"The story of this run has more than {MOST_BYTES:,} bytes: delete '{STORY_FILE}' in its folder."
        )
    try:
        story = Story.model_validate_json(data, context=STORED)
    except ValidationError as error:
        found = _first_finding(error)
        raise StoryError(f"The story of this run is damaged ({found}): delete '{STORY_FILE}'.") from error
    check_story(story, slots, users)
    return story


def check_story(story: Story, slots: int, users: tuple[str, ...]) -> None:
    """Raise :class:`StoryError` unless every view lies in the run's time and names one of its users."""
    for number, view in enumerate(story.views, start=1):
        if view.end_slot > slots:
            raise StoryError(
                f"View {number} of the story ends at slot {view.end_slot:g}, but the run has {slots} slots."
            )
        if view.user is not None and view.user not in users:
            raise StoryError(f"View {number} of the story chooses the user '{view.user}', who is not in this run.")


def write_story(folder: Path, story: Story) -> None:
    """Write a story beside its run, whole or not at all (StoryError when it is too large)."""
    text = story.model_dump_json(indent=1) + "\n"
    if len(text.encode()) > MOST_BYTES:
        raise StoryError(f"The story has more than {MOST_BYTES:,} bytes: shorten its captions or delete views.")
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / STORY_FILE, text)


def delete_story(folder: Path) -> None:
    """Remove a stored story; the ready one is shown again."""
    (folder / STORY_FILE).unlink(missing_ok=True)


def story_data(story: Story) -> list[dict[str, Any]]:
    """Return the views as the map component plays them."""
    data: list[dict[str, Any]] = json.loads(story.model_dump_json())["views"]
    return data


def _first_finding(error: ValidationError) -> str:
    """Return the first finding in words."""
    found = error.errors(include_url=False)[0]
    place = ".".join(str(step) for step in found["loc"])
    message = found["msg"].removeprefix("Value error, ")
    return f"{place}: {message[0].lower()}{message[1:]}" if place else f"{message[0].lower()}{message[1:]}"
