"""Who downloads more in one run than in another: each user's difference, in numbers and on a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from itnt_core.words import user_data_mbit

from . import style
from .city import put_city_under

SAME_MBIT = 0.05  # less than what is shown counts as no difference
MOST_ROWS = 10  # users of the chart, those who win and lose most
LOSS, SAME, GAIN = style.RED, "#B5BAC1", style.BLUE
SCALE = [[0.0, LOSS], [0.5, SAME], [1.0, GAIN]]
SYMBOLS = {1: "triangle-up", 0: "circle-open", -1: "triangle-down"}
WORDS = {1: "more", 0: "the same", -1: "less"}


@dataclass(frozen=True)
class UserDifference:
    """What a user of both runs downloads in each, in Mbit, and where it is in the second run, in metres."""

    user: str
    kind: str
    first_mbit: float
    other_mbit: float
    east_m: float
    north_m: float

    @property
    def mbit(self) -> float:
        """Return how much more it downloads in the second run."""
        return self.other_mbit - self.first_mbit

    @property
    def sign(self) -> int:
        """Return 1 for a winner, -1 for a loser, 0 for no difference that is shown."""
        return 0 if abs(self.mbit) < SAME_MBIT else 1 if self.mbit > 0.0 else -1


def user_differences(first: Any, other: Any) -> list[UserDifference]:
    """Return the users of both results, the greatest winner first.

    Ground users stand where the second result has them, aerial users in the middle of their flight there.
    """
    before, after = user_data_mbit(first), user_data_mbit(other)
    places = _places(other)
    aerial = {str(user) for user in other.dataset["aerial_user"].values}
    found = [
        UserDifference(user, "aerial" if user in aerial else "ground", before[user], data, *places[user])
        for user, data in after.items()
        if user in before
    ]
    return sorted(found, key=lambda entry: (-entry.mbit, entry.user))


def users_of_one(first: Any, other: Any) -> tuple[list[str], list[str]]:
    """Return the users that only the first result has, and those that only the other has."""
    before, after = user_data_mbit(first), user_data_mbit(other)
    return [user for user in before if user not in after], [user for user in after if user not in before]


def _places(result: Any) -> dict[str, tuple[float, float]]:
    data = result.dataset
    flown = data["position_m"].values
    middle = flown[flown.shape[0] // 2]
    places = {str(user): (float(east), float(north)) for user, (east, north, _) in _rows(data["aerial_user"], middle)}
    ground = _rows(data["ground_user"], data["ground_position_m"].values)
    return places | {str(user): (float(east), float(north)) for user, (east, north, _) in ground}


def _rows(users: Any, positions: Any) -> Any:
    return zip(users.values, positions, strict=True)


def winners_sentence(differences: Sequence[UserDifference], first: str, other: str) -> str:
    """Say how many users win and lose from the first run to the other, and by how much altogether."""
    counts = {sign: sum(entry.sign == sign for entry in differences) for sign in WORDS}
    total = sum(entry.mbit for entry in differences)
    return (
        f"From {first} to {other}, {counts[1]} of {len(differences)} users download more, {counts[-1]} less and "
        f"{counts[0]} the same: {total:+,.1f} Mbit altogether."
    )


def winner_rows(differences: Sequence[UserDifference]) -> list[dict[str, Any]]:
    """Return one row per user, in the order given."""
    return [
        {
            "User": entry.user,
            "Kind": entry.kind,
            "First, Mbit": round(entry.first_mbit, 2),
            "Second, Mbit": round(entry.other_mbit, 2),
            "Difference, Mbit": round(entry.mbit, 2),
            "Difference, %": round(100.0 * entry.mbit / entry.first_mbit, 1) if entry.first_mbit else None,
            "Downloads": WORDS[entry.sign],
        }
        for entry in differences
    ]


def top_winners(differences: Sequence[UserDifference]) -> list[UserDifference]:
    """Return the users who win most, the greatest winner first."""
    return [entry for entry in differences if entry.sign > 0][:MOST_ROWS]


def top_losers(differences: Sequence[UserDifference]) -> list[UserDifference]:
    """Return the users who lose most, the greatest loser first."""
    return [entry for entry in reversed(differences) if entry.sign < 0][:MOST_ROWS]


def winners_figure(differences: Sequence[UserDifference], result: Any, picture: str) -> go.Figure:
    """Draw the users from above over a picture of the city: triangles up for winners, down for losers, rings else."""
    half = result.scenario.area.size_m / 2
    figure = go.Figure([_station_trace(result), _user_trace(differences)])
    put_city_under(figure, picture, half, 0.4)
    edge = 1.1 * half
    figure.update_layout(
        height=520,
        margin=style.MARGIN,
        showlegend=False,
        xaxis={"range": [-edge, edge], "visible": False, "constrain": "domain"},
        yaxis={"range": [-edge, edge], "visible": False, "scaleanchor": "x"},
    )
    return figure


def _user_trace(differences: Sequence[UserDifference]) -> go.Scatter:
    drawn = sorted(differences, key=lambda entry: abs(entry.mbit))  # the greatest on top
    reach = max((abs(entry.mbit) for entry in drawn), default=0.0) or 1.0
    named = {entry.user for entry in (*top_winners(differences)[:3], *top_losers(differences)[:3])}
    return go.Scatter(
        x=[entry.east_m for entry in drawn],
        y=[entry.north_m for entry in drawn],
        mode="markers+text",
        name="user",
        text=[f"{entry.user} {entry.mbit:+,.1f}" if entry.user in named else "" for entry in drawn],
        textposition="top center",
        cliponaxis=False,
        customdata=[
            [entry.user, entry.kind, entry.first_mbit, entry.other_mbit, entry.mbit, WORDS[entry.sign]]
            for entry in drawn
        ],
        marker={
            "symbol": [SYMBOLS[entry.sign] for entry in drawn],
            "size": [8.0 + 14.0 * (abs(entry.mbit) / reach) ** 0.5 for entry in drawn],
            "color": [entry.mbit for entry in drawn],
            "colorscale": SCALE,
            "cmin": -reach,
            "cmax": reach,
            "line": style.EDGE,
            "colorbar": {"title": {"text": "Mbit"}, "thickness": 10},
        },
        hovertemplate=(
            "%{customdata[0]} (%{customdata[1]} user): %{customdata[2]:,.1f} → %{customdata[3]:,.1f} Mbit, "
            "%{customdata[4]:+,.1f} Mbit, %{customdata[5]}<extra></extra>"
        ),
    )


def _station_trace(result: Any) -> go.Scatter:
    stations = result.scenario.ground_stations
    return go.Scatter(
        x=[station.east_m for station in stations],
        y=[station.north_m for station in stations],
        mode="markers+text",
        text=[station.id for station in stations],
        textposition="bottom center",
        name="GBS",
        marker={"symbol": "square", "size": 10, "color": style.GREY, "line": style.EDGE},
        textfont={"color": style.GREY},
        hovertemplate="%{text}<extra></extra>",
    )
