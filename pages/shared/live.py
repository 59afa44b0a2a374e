"""The live optimum of each session: its worker, and the address at which the browser asks for news.

The map asks by itself, past Streamlit: an answer that grows costs no rerun of a page.
"""

from __future__ import annotations

import secrets
from weakref import WeakValueDictionary

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from itnt_core.data_folder import common_path, data_path
from itnt_core.live import Follower, Look
from itnt_core.mapdata import live_bundle
from itnt_core.person import is_server, who_asks
from itnt_core.runs import LiveAccount, cache_folder
from itnt_core.scenario import Scenario
from itnt_core.words import live_figures, live_headline

from .assets import live_address
from .live_run import MARK, run_answer

KEY, LEFT = "live_follower", "live_follower_left"
PLACE = "X-Place"  # header: the number in the line of those who wait for a free worker


class _Seat:
    """What a session keeps: its follower, the address of it, and which edit it was handed last."""

    def __init__(self) -> None:
        self.owner = who_asks().id
        person = self.owner if is_server() else ""  # on one's own machine every tab is a person, and nothing counts
        account = LiveAccount(common_path(), person) if person else None
        self.follower = Follower(cache_folder(data_path()), person=person, account=account)
        self.token = secrets.token_urlsafe(16)  # nobody else can guess it
        self.handed, self.number = "", 0
        _seats[self.token] = self


class _Left:
    """A seat that its session has left: a map that has not heard of it yet may ask there once more."""

    def __init__(self, seat: _Seat) -> None:
        self.owner = seat.owner
        _left[seat.token] = self


# Held by the sessions alone: a follower goes, and its worker with it, when its session does.
_seats: WeakValueDictionary[str, _Seat] = WeakValueDictionary()
_left: WeakValueDictionary[str, _Left] = WeakValueDictionary()


def follow(scenario: Scenario) -> dict[str, object]:
    """Hand the session's scenario over unless it has been; return what the map needs to ask for answers."""
    seat: _Seat = st.session_state.setdefault(KEY, None) or _Seat()
    st.session_state[KEY] = seat
    digest = scenario.content_hash()
    if seat.handed != digest:
        seat.handed = digest
        seat.number = seat.follower.submit(scenario, at_once=False)  # the first map that asks starts it
    return {"url": live_address(seat.token), "number": seat.number}


def stop_following() -> None:
    """End the session's worker, if it has one."""
    seat: _Seat | None = st.session_state.pop(KEY, None)
    if seat is not None:
        seat.follower.close()
        st.session_state[LEFT] = _Left(seat)


async def live_answer(request: Request) -> Response:
    """Answer the map: 200 with a bundle, 304 where there is nothing new, 204 while there is no answer yet.

    Where there will be none, 200 with sentences in plain text: a browser writes a status of 400 and above into its
    console as a fault, and this is none. 404 for a session that is gone. A run answers the same way.
    """
    token = request.path_params["token"]
    seat = _seats.get(token)
    follower = seat.follower if seat is not None and seat.owner == who_asks().id else None
    if follower is None and token.startswith(MARK):
        return await run_in_threadpool(run_answer, token, request.headers.get("if-none-match", ""))
    if follower is None:
        left = _left.get(token)
        return Response(status_code=204 if left is not None and left.owner == who_asks().id else 404)
    look = follower.look()
    headers = {"ETag": f'"{look.number}-{look.answers}-{look.state}"', "Cache-Control": "no-store"}
    if look.sentences:
        return Response("\n".join(look.sentences), 200, headers, "text/plain")
    if look.place:
        headers[PLACE] = str(look.place)
    if look.answer is None or look.question is None:
        return Response(status_code=204, headers=headers)
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(_bundle(look), 200, headers, "application/octet-stream")


def _bundle(look: Look) -> bytes:
    assert look.answer is not None and look.question is not None
    answer, before = look.answer, look.before
    headline = live_headline(
        answer.kpis, before.kpis if before else None, answer.user_mbit, before.user_mbit if before else {}
    )
    return live_bundle(
        look.question,
        answer.decision,
        before.decision if before else None,
        number=look.number,
        is_settled=answer.is_settled,
        headline=headline,
        figures=live_figures(answer.kpis, answer.leo_share),
    )
