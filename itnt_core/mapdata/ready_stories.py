"""The story that every run comes with: chosen and captioned from its own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from itnt_core.results import is_number, served_users
from itnt_core.scenario import local_to_lonlat

from .framing import OVERVIEW_BEARING, OVERVIEW_PITCH, overview_span_m, span_to_hold_m
from .story import Camera, Story, StoryView

if TYPE_CHECKING:
    import xarray as xr

CLOSE_M = 700.0  # what the picture spans around a single user
MARGIN = 1.5  # around what a picture is to hold
AROUND_SLOTS = 4  # before and after a moment
SKY_PITCH, USER_PITCH = 66.0, 58.0  # of the camera, degrees from straight down
WITHIN = 0.99  # of a slot: where a view stops, so that the last picture still shows the slot it tells of


def ready_story(result: Any) -> Story:
    """Return the views of a result: all of it, the first handover, the worst and the best served user, the satellite's
    culmination, and what came of it. What a run does not have is left out.
    """
    return Story(views=tuple(view for view in _StoryMaker(result).views() if view is not None))


class _StoryMaker:
    """A result, and the views that can be made of it."""

    def __init__(self, result: Any):
        self.scenario = result.scenario
        self.data: xr.Dataset = result.dataset
        self.kpis: dict[str, Any] = result.manifest["kpis"]
        self.slots = int(self.data.sizes["slot"])
        self.users = [str(user) for user in self.data["user"].values]
        self.stations = [str(station) for station in self.data["station"].values]
        self.serving = self.data["serving_station"].values
        rate = np.nan_to_num(self.data["rate_active_mbit_s"].values)
        self.user_mbit = rate.sum(axis=0) * self.scenario.time.slot_s
        self.served = served_users(result.scenario, self.data)  # (slots, users)
        self.rate = rate

    def views(self) -> Iterator[StoryView | None]:
        """Return the views in the order in which they are told."""
        yield self._all()
        yield self._handover()
        if len(self.users) > 1:
            yield self._user(int(np.argmin(self.user_mbit)), "least")
            yield self._user(int(np.argmax(self.user_mbit)), "most")
        yield self._culmination()
        yield self._end()

    def _all(self) -> StoryView:
        kinds = [str(kind) for kind in self.data["station_kind"].values]
        aerial, ground = self.data.sizes["aerial_user"], self.data.sizes["ground_user"]
        caption = (
            f"{_count(kinds.count('gbs'), 'base station')} and {_count(kinds.count('leo'), 'satellite')} serve "
            f"{_count(aerial, 'aerial user')} and {_count(ground, 'ground user')} for "
            f"{self.scenario.time.duration_s:.0f} seconds."
        )
        return self._view(caption, 0.0, 0.2 * self.slots, self._wide(), turn_deg=14.0)

    def _handover(self) -> StoryView | None:
        """Show the first time that a served user changes its station; an aerial one if there is any.

        The view lasts while the picture shows the two stations that the caption names, and stops in the slot after the
        change, whose SINR is told.
        """
        before, after = self.serving[:-1], self.serving[1:]
        changes = (before != after) & self.served[:-1] & self.served[1:]
        slots, users = np.nonzero(changes)
        if not slots.size:
            return None
        aerial = users < self.data.sizes["aerial_user"]
        first = int(np.argmax(aerial)) if aerial.any() else 0
        slot, user = int(slots[first]), int(users[first])  # slot index of the last slot at the old station
        old, new = (self.stations[self.serving[at, user]] for at in (slot, slot + 1))
        sinr = self.data["sinr_active_db"].values[slot : slot + 2, user]
        caption = (
            f"After {self._seconds(slot + 1):.0f} s {self.users[user]} changes from {old} to {new}: "
            f"its SINR goes from {sinr[0]:.1f} to {sinr[1]:.1f} dB."
        )
        start = slot
        while start > max(0, slot + 1 - AROUND_SLOTS) and self.serving[start - 1, user] == self.serving[slot, user]:
            start -= 1
        camera = self._at_user(user, start, slot + 2, [int(station) for station in self.serving[slot : slot + 2, user]])
        return self._view(caption, start, slot + 1 + WITHIN, camera, user=self.users[user], speed=0.5)

    def _user(self, user: int, which: str) -> StoryView:
        """Show the user that gets least or most, in the slots in which that shows most."""
        served = self.served[:, user]
        share = "always served" if served.all() else f"served {100 * served.mean():.0f} % of the time"
        caption = f"{self.users[user]} gets {which}: {self.user_mbit[user]:,.0f} Mbit, {share}"
        if served.any():
            caption += f", at {float(self.data['sinr_active_db'].values[served, user].mean()):.1f} dB on average"
        slot = int(np.argmin(self.rate[:, user]) if which == "least" else np.argmax(self.rate[:, user]))
        start, end = max(0, slot - AROUND_SLOTS), min(self.slots, slot + 1 + AROUND_SLOTS)
        camera = self._at_user(user, start, end, [int(self.serving[slot, user])])
        return self._view(f"{caption}.", start, end, camera, user=self.users[user], turn_deg=18.0)

    def _culmination(self) -> StoryView | None:
        elevation = np.where(np.isnan(self.data["elevation_deg"].values), -np.inf, self.data["elevation_deg"].values)
        if not np.isfinite(elevation).any():
            return None
        slot, station = (int(index) for index in np.unravel_index(int(np.argmax(elevation)), elevation.shape))
        carried = int((self.served[slot] & (self.serving[slot] == station)).sum())
        caption = (
            f"From {self._seconds(slot):.0f} to {self._seconds(slot + 1):.0f} s {self.stations[station]} stands "
            f"highest, at {elevation[slot, station]:.0f} degrees, and serves {carried} of {len(self.users)} users."
        )
        start, end = max(0, slot - 2 * AROUND_SLOTS), slot + WITHIN
        azimuth = float(self.data["azimuth_deg"].values[slot, station])
        camera = self._camera(0.0, 0.0, 0.9 * self.scenario.area.size_m, SKY_PITCH, azimuth)
        return self._view(caption, start, end, camera)

    def _end(self) -> StoryView:
        caption = (
            f"In {self.scenario.time.duration_s:.0f} seconds all users together download "
            f"{self.kpis['data_service_mbit']:,.0f} Mbit"
        )
        bound, gap = self.kpis.get("upper_bound_mbit"), self.kpis.get("gap")
        if is_number(bound) and is_number(gap) and bound > 0.0:
            # the gap may be that of another objective than all data
            share = 100.0 * (self.kpis["data_service_mbit"] / bound if "utility_mbit" in self.kpis else 1.0 - gap)
            caption += f", {share:.1f} % of the data that is proved to be possible at most ({bound:,.0f} Mbit)"
        camera = self._wide(bearing=OVERVIEW_BEARING + 40.0)
        return self._view(f"{caption}.", 0.8 * self.slots, self.slots, camera, turn_deg=-20.0)

    def _view(self, caption: str, start: float, end: float, camera: Camera, **more: Any) -> StoryView:
        return StoryView(
            caption=caption[:280],
            start_slot=round(start, 2),
            end_slot=round(end, 2),
            camera=camera,
            **{"duration_s": 8.0, **more},
        )

    def _seconds(self, slot: int) -> float:
        return float(slot * self.scenario.time.slot_s)

    def _wide(self, bearing: float = OVERVIEW_BEARING) -> Camera:
        span = overview_span_m(self.scenario, self.data["position_m"].values)
        return self._camera(0.0, 0.0, span, OVERVIEW_PITCH, bearing)

    def _at_user(self, user: int, start: int, end: int, stations: list[int]) -> Camera:
        """Return a camera that holds a user's way between two waypoints, and the base stations that serve it."""
        places = self._path_m(user)[start : end + 1]
        for station in stations:
            if station >= 0 and str(self.data["station_kind"].values[station]) == "gbs":
                places = np.vstack([places, self.data["station_position_m"].values[0, station]])
        low, high = places.min(axis=0)[:2], places.max(axis=0)[:2]
        usual = min(self.scenario.area.size_m, max(CLOSE_M, MARGIN * float((high - low).max())))
        east_m, north_m = (float(middle) for middle in (low + high) / 2.0)
        span = span_to_hold_m(places, (east_m, north_m), usual, USER_PITCH, OVERVIEW_BEARING)
        return self._camera(east_m, north_m, span, USER_PITCH, OVERVIEW_BEARING)

    def _path_m(self, user: int) -> NDArray[np.float64]:
        """Return where a user is at each waypoint (T + 1, 3)."""
        aerial = self.data.sizes["aerial_user"]
        if user < aerial:
            return np.asarray(self.data["position_m"].values[:, user], dtype=float)
        place = self.data["ground_position_m"].values[user - aerial]
        return np.broadcast_to(np.asarray(place, dtype=float), (self.slots + 1, 3))

    def _camera(self, east_m: float, north_m: float, span_m: float, pitch: float, bearing: float) -> Camera:
        lon, lat = local_to_lonlat(east_m, north_m, self.scenario.area.lon, self.scenario.area.lat)
        return Camera(longitude=float(lon), latitude=float(lat), span_m=span_m, pitch=pitch, bearing=bearing)


def _count(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
