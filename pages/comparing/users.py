"""Winners and losers: which users download more in one run than in another, on a map and in tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from itnt_core.figures import (
    UserDifference,
    city_picture,
    top_losers,
    top_winners,
    user_differences,
    users_of_one,
    winner_rows,
    winners_figure,
    winners_sentence,
)
from itnt_core.results import Result
from itnt_core.runs import MIME, table_bytes
from itnt_core.words import LETTERS
from pages.shared.cities import city_of

MOST_NAMED = 12  # users that a sentence names
SHOWN = ("User", "First, Mbit", "Second, Mbit", "Difference, Mbit")  # all columns are in the file
PAIR = ("compare_first", "compare_second")


def show_users(results: Sequence[Result], titles: Sequence[str]) -> None:
    """Ask for two of the runs and show each user's difference between them."""
    first, other = _asked(titles)
    if first == other:
        st.info("Choose two different runs.")
        return
    differences = user_differences(results[first], results[other])
    if not differences:
        st.info("These two runs have no user in common: users are the same when their ids are.")
        return
    st.text(winners_sentence(differences, LETTERS[first], LETTERS[other]) + _strangers(results[first], results[other]))
    picture = city_picture(city_of(results[other].scenario))
    figure = winners_figure(differences, results[other], picture)
    words = (
        "Users from above: triangles up download more, triangles down less, rings the same; the tables hold the same."
    )
    bare = {"displayModeBar": False}
    st.plotly_chart(figure, key=f"compare_users_{first}_{other}", width="stretch", alt=words, config=bare)
    st.caption(
        "Triangle up, blue: downloads more in the second run. Triangle down, orange: less. Ring: the same. The larger, "
        "the greater the difference. Aerial users stand in the middle of their flight."
    )
    _tables(differences)


def _asked(titles: Sequence[str]) -> tuple[int, int]:
    numbers = list(range(len(titles)))
    for key, number in zip(PAIR, (0, 1), strict=True):
        if st.session_state.get(key, number) not in numbers:
            st.session_state[key] = number  # that run is no longer compared
    with st.container(horizontal=True):
        chosen = [
            st.selectbox(
                label,
                numbers,
                index=number,
                key=key,
                format_func=lambda number: f"{LETTERS[number]} · {titles[number]}",
            )
            for label, key, number in zip(("First run", "Second run"), PAIR, (0, 1), strict=True)
        ]
    return chosen[0], chosen[1]


def _strangers(first: Result, other: Result) -> str:
    """Name the users that only one of the runs has."""
    found = ""
    for users, which in zip(users_of_one(first, other), ("first", "second"), strict=True):
        if users:
            more = f" and {len(users) - MOST_NAMED} more" if len(users) > MOST_NAMED else ""
            found += f" Only in the {which} run: {', '.join(users[:MOST_NAMED])}{more}."
    return found


def _tables(differences: list[UserDifference]) -> None:
    left, right = st.columns(2)
    for column, title, members in (
        (left, "Greatest winners", top_winners(differences)),
        (right, "Greatest losers", top_losers(differences)),
    ):
        with column:
            st.markdown(f"**{title}**")
            if members:
                st.dataframe(
                    winner_rows(members),
                    hide_index=True,
                    width="stretch",
                    height="content",
                    alt=title,
                    column_order=SHOWN,
                )
            else:
                st.caption("Nobody.")
    content = partial(table_bytes, pd.DataFrame(winner_rows(differences)), "csv")
    st.download_button(
        "All users, CSV", content, "winners.csv", MIME["csv"], key="compare_users_csv", on_click="ignore"
    )
