"""Who flies: two dispatchers, each one of those that the program has, a policy trained here, or a file of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from itnt_core.dispatch import (
    COMPARED_HORIZON,
    KIND,
    MOST_BYTES,
    MOST_HORIZON,
    SHIPPED,
    DispatchDynamics,
    Dispatcher,
    DispatchError,
    Hindsight,
    LearnedDispatcher,
    Nothing,
    PolicyWeights,
    Replanning,
    Straight,
    greedy,
    read_policy,
    read_trained_policy,
)
from itnt_core.runs import Run, RunStore, of_study
from itnt_core.words import DISPATCHERS, dispatcher_title, policy_lines
from pages.shared.frame import escaped, sentences

LEFT, RIGHT, HORIZON = "dispatch_a", "dispatch_b", "dispatch_horizon"
UPLOADED = "dispatch_uploaded"  # the policy of this session: its file's name and its numbers
TRAINED, OWN = "trained:", "uploaded"
FIRST = {LEFT: "shipped", RIGHT: "replanning"}
PLAIN = ("shipped", "replanning", "greedy", "straight", "nothing", "hindsight")
MOST_TRAINED = 20  # newest trainings that are offered
WHO = "Both fly the same world, with one clock.\n\n" + "\n".join(
    f"* **{title}**: {words}" for title, words in (DISPATCHERS[key] for key in PLAIN)
)


@dataclass(frozen=True)
class Pilot:
    """A dispatcher that is chosen: its key among the choices, what it is called, and its policy if it has one.

    ``code`` names all that its flights depend on.
    """

    key: str
    title: str
    code: str
    horizon: int
    weights: PolicyWeights | None = None

    def dispatcher(self, dynamics: DispatchDynamics) -> Dispatcher:
        """Return it for the worlds of a dynamics."""
        setting = dynamics.setting
        if self.weights is not None:
            return LearnedDispatcher(setting, self.weights)
        plain: dict[str, Dispatcher] = {"nothing": Nothing(), "straight": Straight(), "greedy": greedy(setting)}
        if self.key in plain:
            return plain[self.key]
        return Hindsight(dynamics, self.horizon) if self.key == "hindsight" else Replanning(setting, self.horizon)


def ask_pilots(trained: Mapping[str, Run]) -> tuple[str, str]:
    """Ask who flies on the left and who on the right; return both keys. ``trained`` are finished trainings by id."""
    st.markdown("**Who flies**", help=WHO)
    left, right = (_ask(key, label, trained) for key, label in ((LEFT, "A"), (RIGHT, "B")))
    return left, right


def ask_horizon() -> int:
    """Ask how far replanning and hindsight look, in slots."""
    return int(st.number_input("Looks ahead, slots", 1, MOST_HORIZON, COMPARED_HORIZON, 1, key=HORIZON, help=LOOKS))


LOOKS = "Over how many slots replanning and hindsight weigh what may be done."


def _ask(key: str, label: str, trained: Mapping[str, Run]) -> str:
    """Ask for one dispatcher; what is not there any more is forgotten."""
    offered = list(PLAIN)
    if UPLOADED in st.session_state:
        offered.insert(1, OWN)
    offered[1:1] = [f"{TRAINED}{run_id}" for run_id in trained]
    if st.session_state.get(key) not in offered:
        st.session_state[key] = FIRST[key]
    words = {name: _words(name, trained) for name in offered}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{label}**", width="content")
        return str(st.selectbox(label, offered, format_func=words.__getitem__, key=key, label_visibility="collapsed"))


def _words(key: str, trained: Mapping[str, Run]) -> str:
    if key.startswith(TRAINED):
        return f"Learned: {trained[key.removeprefix(TRAINED)].title}"
    if key == OWN:
        return f"Learned: {st.session_state[UPLOADED][0]}"
    return DISPATCHERS[key][0]


def finished_trainings(store: RunStore) -> dict[str, Run]:
    """Return the newest finished trainings by their ids, newest first."""
    runs = [run for run in of_study(store.list(), KIND) if run.state == "done"]
    return {run.id: run for run in runs[:MOST_TRAINED]}


def pilot_of(store: RunStore, key: str, horizon: int, trained: Mapping[str, Run]) -> Pilot:
    """Return a dispatcher that was chosen (DispatchError where its policy cannot be read)."""
    weights: PolicyWeights | None = None
    if key == "shipped":
        weights = read_policy(SHIPPED)
    elif key == OWN:
        weights = st.session_state[UPLOADED][1]
    elif key.startswith(TRAINED):
        weights = read_trained_policy(store.folder(key.removeprefix(TRAINED)))
    if weights is not None:
        return Pilot(key, _words(key, trained), f"learned:{weights.content_hash}", horizon, weights)
    title = dispatcher_title(key, horizon)
    code = f"{key}:{horizon}" if key in ("replanning", "hindsight") else key
    return Pilot(key, title, code, horizon)


def ask_policy_file() -> None:
    """Take a policy file of one's own; what is refused is said, what is accepted tells of itself."""
    left, right = st.columns(2, gap="large")
    with left:
        sent = st.file_uploader(
            f"A file as a training writes it (.npz, {MOST_BYTES // 1000} kB at most)",
            type=["npz"],
            key="dispatch_file",
            max_upload_size=1,
            on_change=_forget,
        )
        st.caption("Plain arrays alone are read, with their shapes checked; nothing in a file is run.")
        if sent is not None and UPLOADED not in st.session_state:
            try:
                st.session_state[UPLOADED] = (sent.name, read_policy(sent.getvalue()))
            except DispatchError as error:
                sentences(list(error.sentences), "error")
                return
            st.rerun()  # the choices in the panel know it from now on
    with right:
        if UPLOADED not in st.session_state:
            st.caption("Once it is accepted, it can be chosen under A and B in this session.")
            return
        name, weights = st.session_state[UPLOADED]
        show_policy(name, weights)
        if st.session_state.get(LEFT) != OWN:
            label, icon = "Let it fly as A", ":material/flight_takeoff:"
            st.button(label, icon=icon, key="dispatch_fly", on_click=_fly, args=(OWN,))


def _forget() -> None:
    st.session_state.pop(UPLOADED, None)


def _fly(key: str) -> None:
    st.session_state[LEFT] = key


def offer_flight(run_id: str) -> None:
    """Offer to let a trained policy fly on the left."""
    key = f"{TRAINED}{run_id}"
    if st.session_state.get(LEFT) != key:
        label, icon = "Let it fly as A", ":material/flight_takeoff:"
        st.button(label, icon=icon, key=f"dispatch_fly_{run_id}", on_click=_fly, args=(key,))


def show_policy(name: str, weights: PolicyWeights) -> None:
    """Show what a policy is and what it tells of itself: literally, for anybody may have written it."""
    st.markdown(f"**{escaped(name)}**")
    st.text("\n".join(policy_lines(weights)))
