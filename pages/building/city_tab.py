"""The city of the scenario: London, open ground or an imported one; stored cities to use, export and delete."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from itnt_core.city import (
    CityCard,
    build_city,
    city_cityjson,
    city_file,
    city_geojson,
    city_geopackage,
    delete_city,
    library_folder,
    on_city,
    read_city_folder,
)
from itnt_core.runs import cache_folder
from itnt_core.scenario import Area
from itnt_core.scenario import City as CitySpec
from itnt_core.texts import file_stem
from itnt_core.words import city_line
from pages.shared.cities import city_of, city_problems
from pages.shared.frame import escaped
from pages.shared.state import change_scenario, note, open_scenario

from .city_import import import_form
from .city_preview import look_at_city, previewed_city, stored_cities, use_city
from .city_report import show_city_report

GENERATED = {"london": "London (generated)", "open": "Open ground, no buildings"}


def city_tab() -> None:
    """Show which city the scenario stands on, the stored ones, and the way to import another."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        _current()
        _choose()
    with right:
        import_form()


def _current() -> None:
    scenario = open_scenario()
    if city_problems(scenario):
        st.warning("The imported city of this scenario is not at hand: choose another, or import it again.")
        return
    city = city_of(scenario)
    name = GENERATED.get(scenario.city.kind, city.name)
    st.markdown(f"**This scenario stands on {escaped(name)}**")
    tallest = f", the tallest {city.roof_heights_m.max():.0f} m" if city.building_count else ""
    st.caption(f"{city.building_count:,} prisms on {city.size_m:,.0f} m × {city.size_m:,.0f} m{tallest}")
    if scenario.city.kind == "imported" and city.notice:
        st.caption(escaped(city.notice))


def _choose() -> None:
    cards = stored_cities()
    used = open_scenario().city
    options = [*GENERATED, *cards]
    current = used.content_hash if used.kind == "imported" else used.kind
    seen = previewed_city()
    shown = seen.content_hash if seen else current
    chosen = st.selectbox(
        "Cities",
        options,
        index=options.index(shown) if shown in options else 0,
        key=f"city_choice_{shown}",
        format_func=lambda key: GENERATED.get(key) or city_line(cards[key]),
    )
    with st.container(horizontal=True):
        if chosen in GENERATED:
            st.button("Use this city", on_click=_use_generated, args=(chosen,), disabled=chosen == current)
        else:
            st.button("Use this city", on_click=use_city, args=(chosen,), disabled=chosen == current)
            st.button("Show on the map", icon=":material/visibility:", on_click=look_at_city, args=(chosen,))
            _delete_popover(cards[chosen], in_use=chosen == current)
    if chosen in cards:
        _downloads(cards[chosen])
        if (report := cards[chosen].report) is not None:
            show_city_report(report)
    if not cards:
        st.caption("No city is stored yet: import one from a file.")


def _use_generated(kind: str) -> None:
    """Put the scenario on a generated city; one that stood on an imported city moves to the usual square."""
    scenario = open_scenario()
    if scenario.city.kind != "imported":
        change_scenario(scenario.model_copy(update={"city": CitySpec(kind=kind, seed=scenario.city.seed)}))  # type: ignore[arg-type]
        return
    area = Area()
    city = build_city(kind, area.lon, area.lat, area.size_m, 1, cache_folder())
    change_scenario(on_city(scenario, city, kind))
    note("The scenario was moved to the middle of London. Undo takes it back.")


def _delete_popover(card: CityCard, *, in_use: bool) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.text(
            f"Delete '{card.name}' from this computer? Scenarios and runs that stand on it will ask for it again. "
            "Save its city file first to be able to bring it back."
        )
        if in_use:
            st.text("The open scenario stands on it: choose another city first.")
        st.button("Delete for good", on_click=_delete, args=(card,), disabled=in_use, key="delete_city")


def _delete(card: CityCard) -> None:
    delete_city(card.content_hash, library_folder())
    look_at_city(None)
    note(f"The city '{card.name}' was deleted.")


def _downloads(card: CityCard) -> None:
    """Offer the city in four forms, each written when it is asked for."""
    stem = file_stem(card.name, "city")
    folder = library_folder() / card.content_hash
    forms: dict[str, tuple[Callable[[], str | bytes], str, str]] = {
        "City file": (partial(_packed, folder), f"{stem}.city.zip", "application/zip"),
        "GeoJSON": (lambda: city_geojson(read_city_folder(folder).city), f"{stem}.geojson", "application/geo+json"),
        "GeoPackage": (
            lambda: city_geopackage(read_city_folder(folder).city),
            f"{stem}.gpkg",
            "application/geopackage+sqlite3",
        ),
        "CityJSON": (lambda: city_cityjson(read_city_folder(folder).city), f"{stem}.city.json", "application/json"),
    }
    with st.container(horizontal=True):
        for label, (content, name, kind) in forms.items():
            st.download_button(label, content, name, kind, on_click="ignore", icon=":material/download:")
    st.caption("Send the city file along with a scenario file: importing it elsewhere gives the very same city.")


def _packed(folder: object) -> bytes:
    stored = read_city_folder(folder)  # type: ignore[arg-type]
    if stored.report is None:
        raise ValueError("The stored city has no report: import it again.")
    return city_file(stored.city, stored.report)
