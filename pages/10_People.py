"""For lecturers: everybody on this server, what they have made, and copies of it."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from itnt_core.data_folder import common_path
from itnt_core.drafts import RecentDraft
from itnt_core.people import Known, PeopleStore, seen_drafts, seen_runs
from itnt_core.person import FIRST, Person, who_asks
from itnt_core.runs import Run, RunStore, picker_names, run_rows
from itnt_core.words import age_words
from pages.shared import who
from pages.shared.frame import page
from pages.shared.literal import escaped
from pages.shared.others import show_others_draft, show_others_run

PURPOSE = "See what everybody on this server has made, and copy it. Nothing of theirs is changed."
SHOWN = ("State", "Title", "Method", "Created")


def show() -> None:
    """Show the people, and what one of them has made."""
    if not who.serves_many():
        st.info("Nobody logs in here: everything is yours, and there is nobody else.")
        return
    if not who_asks().is_lecturer:
        st.info("This page is for lecturers. What you have made stands under Runs and in the scenario's menu.")
        st.page_link("pages/4_Runs.py", label="Go to Runs", icon=":material/list:")
        return
    people = PeopleStore(common_path())
    everybody = people.everybody()
    if not any(known.person.id == FIRST.id for known in everybody):
        everybody.append(Known(Person(FIRST.id, "Kept before there were logins"), 0.0))
    st.dataframe([_row(known) for known in everybody], hide_index=True, width="stretch", alt="Everybody here")
    names = {known.person.id: known.person.name for known in everybody}
    chosen = st.selectbox("Whose work", list(names), format_func=lambda one: names[one], key="people_chosen")
    if chosen is not None:
        _show_work(chosen, names[chosen])
        if chosen != FIRST.id:
            _manage(people, Person(chosen, names[chosen]))


def _row(known: Known) -> dict[str, Any]:
    runs = seen_runs(who_asks(), RunStore(), known.person.id).list()
    seen = age_words(time.time() - known.seen) if known.seen else ""
    role = "lecturer" if known.person.is_lecturer else ""
    return {"Name": known.person.name, "Role": role, "Came in": seen, "Runs": len(runs)}


def _show_work(owner: str, name: str) -> None:
    """Show the runs and scenarios of somebody, and the one that is chosen."""
    runs = seen_runs(who_asks(), RunStore(), owner).list()
    drafts = seen_drafts(who_asks(), common_path(), owner)
    if not runs and not drafts:
        st.info(f"{name} has made nothing yet.")
        return
    parts = {"runs": f"Runs ({len(runs)})", "scenarios": f"Scenarios ({len(drafts)})"}
    part = st.segmented_control(
        "What", list(parts), format_func=parts.__getitem__, default="runs", required=True, key="people_part"
    )
    if part == "runs":
        _show_runs(owner, runs)
    else:
        _show_scenarios(owner, drafts)


def _show_runs(owner: str, runs: list[Run]) -> None:
    if not runs:
        st.text("No runs.")
        return
    rows = [{key: row[key] for key in SHOWN} for row in run_rows(runs)]
    created = {"Created": st.column_config.DatetimeColumn("Created", format="D MMM, HH:mm")}
    height = min(240, 36 * (len(rows) + 1))
    st.dataframe(rows, hide_index=True, width="stretch", height=height, column_config=created)
    titles = dict(zip((run.id for run in runs), picker_names(runs, time.time()), strict=True))
    run_id = st.selectbox("Run", list(titles), format_func=titles.__getitem__, key=f"people_run_{owner}")
    show_others_run(owner, run_id, "people")


def _show_scenarios(owner: str, drafts: list[RecentDraft]) -> None:
    if not drafts:
        st.text("No scenarios.")
        return
    kept = {draft.id: f"{draft.name}, {age_words(time.time() - draft.saved)}" for draft in drafts}
    draft_id = st.selectbox("Scenario", list(kept), format_func=kept.__getitem__, key=f"people_draft_{owner}")
    show_others_draft(owner, draft_id, "people")


def _manage(people: PeopleStore, person: Person) -> None:
    """Offer to help somebody back in, and to shut them out."""
    with st.expander(f"The login of {escaped(person.name)}", icon=":material/key:"):
        if "class" in who.logins() and st.button("Make a new code", key=f"people_code_{person.id}"):
            st.code(people.new_code(person), language=None)
            st.caption("With it, their name and the passphrase they come in from another browser.")
        sure = st.checkbox("Shut them out; what they have made stays", key=f"people_sure_{person.id}")
        if st.button("Shut out", disabled=not sure or person.id == who_asks().id, key=f"people_remove_{person.id}"):
            people.remove(person.id)
            who.forget_logins()
            st.rerun()


with page("People", PURPOSE):
    show()
