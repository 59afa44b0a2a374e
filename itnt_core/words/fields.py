"""What a form or a table may ask about an object: each field with its label, its kind and its limits.

The limits are read from the scenario's model, so they are written down once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from itnt_core.extensions import CHANNEL_MODELS, offered_names
from itnt_core.rate_laws import TITLES as RATE_TITLES
from itnt_core.scenario import GroundUser, OneOf, corners_text

FieldKind = Literal["number", "integer", "choice", "yes_no", "text", "moment"]

LABELS = {
    "id": "Id",
    "name": "Name",
    "east_m": "East, m",
    "north_m": "North, m",
    "height_m": "Height, m",
    "max_power_w": "Power, W",
    "max_users": "Most users",
    "kind": "Antenna",
    "gain_dbi": "Antenna gain, dBi",
    "downtilt_deg": "Downtilt, °",
    "azimuth_deg": "Azimuth, °",
    "elements": "Elements",
    "pattern": "Measured pattern",
    "indoor": "Where",
    "floor": "Floor, 1 = ground",
    "depth_m": "Behind the wall, m",
    "path": "Path",
    "max_speed_m_s": "Top speed, m/s",
    "max_vertical_speed_m_s": "Top climb, m/s",
    "min_height_m": "Lowest height, m",
    "max_height_m": "Highest height, m",
    "min_separation_m": "Separation, m",
    "energy_budget_kj": "Energy budget, kJ",
    "obstacles": "Obstacles",
    "clearance_m": "Clearance, m",
    "corners_m": "Corners (east north; ...), m",
    "floor_m": "Floor, m",
    "ceiling_m": "Ceiling, m",
    "start": "Start",
    "destination": "Destination",
    "description": "Description",
    "slots": "Slots",
    "slot_s": "Length of a slot, s",
    "carrier_ghz": "Carrier, GHz",
    "subchannel_khz": "Subchannel width, kHz",
    "noise_dbm_per_hz": "Noise, dBm/Hz",
    "noise_figure_db": "Noise figure, dB",
    "spectral_efficiency_cap": "Best rate, bit/s/Hz",
    "rate": "Rate law",
    "min_sinr_always_on_db": "Least SINR, always-on, dB",
    "min_sinr_active_db": "Least SINR, active, dB",
    "demand_mbit_s": "Demand, Mbit/s",
    "min_rate_mbit_s": "Least mean rate, Mbit/s",
    "priority": "Priority",
    "objective": "What is optimised",
    "alpha": "Alpha of alpha-fairness",
    "coverage": "Unserved user slots",
    "coverage_price_mbit": "Price of an unserved user slot, Mbit",
    "pfd_limit_dbw_m2_mhz": "Most power flux of satellites, dBW/m²/MHz",
    "interrupts": "Data is lost at changes of server",
    "ground_interruption_s": "Interruption between GBSs, s",
    "satellite_interruption_s": "Interruption to or from a satellite, s",
    "price_mbit": "Price of a change of server, Mbit",
    "min_stay_slots": "Least stay after a change, slots",
    "model": "Channel model",
    "coherence_slots": "Fading changes every (slots)",
    "shadow_correlation_m": "Shadowing correlation, m",
    "site_correlation": "Shadowing alike at all sites, 0 to 1",
    "atmosphere": "Rain and gas",
    "rain_exceeded_percent": "Rain exceeded, % of a year",
    "lon": "Middle, longitude °",
    "lat": "Middle, latitude °",
    "size_m": "Side, m",
    "beam_aperture_m": "Beam aperture radius, m",
    "time_limit_s": "Time limit, s",
    "associator": "Association",
    "shakes": "Restarts of the association",
    "searches": "Associations tried per round",
    "environments": "Environments at once",
    "updates": "Updates per slot",
    "patience": "Patience, episodes",
    "agent": "Agent",
    "actions": "Meaning of actions",
    "trained": "Networks that are trained",
    "keep_flights": "Keep flights that are better",
    "equal_over": "Subchannels that share the power",
    "hidden": "Hidden layer width",
    "projection": "Project moves onto the limits",
    "nested": "Associate inside every step",
    "discount": "Discount",
    "actor_rate": "Actor's learning rate",
    "critic_rate": "Critic's learning rate",
    "layer_norm": "Layer normalisation",
    "small_last_layer": "Small last layer",
    "relative_course": "Course relative to the straight way",
    "centred_reward": "Centred reward",
    "reference_lines": "Short planner beside the curve",
    "draws": "Random draws",
    "robust": "Worlds that flights are chosen on",
    "robust_aim": "What counts over these worlds",
}
CHOICES: dict[str, str] = {
    "tilted_array": "Tilted array",
    "isotropic": "Isotropic",
    "sector": "Sector (TR 38.901)",
    "measured": "Measured pattern",
    "no": "Outdoors",
    "low_loss": "Indoors, low-loss building",
    "high_loss": "Indoors, high-loss building",
    "itu": "ITU-R P.618 and P.676",
    "first": "Coverage first, then data",
    "priced": "Each costs data",
    "ignored": "Data alone",
    "sum": "All data",
    "proportional": "Proportional fairness",
    "max_min": "Max-min fairness",
    "alpha": "Alpha-fairness",
    **RATE_TITLES,
    "mean": "The average of all",
    "worst": "The worst worlds",
}


@dataclass(frozen=True)
class Field:
    """One field of an object: where it is (dotted), what it is called, what may be entered."""

    path: str
    label: str
    kind: FieldKind
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    longest: int | None = None
    help: str | None = None


def fields_of(part: type[BaseModel]) -> tuple[Field, ...]:
    """Return every field of a kind of object in the order of the model, nested parts spelled out."""
    return _fields_of(part, offered_names(CHANNEL_MODELS))


@cache
def _fields_of(part: type[BaseModel], offered: tuple[str, ...]) -> tuple[Field, ...]:
    """Return the fields, made once as long as nothing else is ``offered`` from outside."""
    del offered
    return tuple(_fields(part, "", ""))


def _names(named: OneOf) -> tuple[str, ...]:
    """Return what a field may name here: the built-in things, and what plug-ins offer and can be used."""
    if not offered_names(named.group):
        return named.built_in  # and the first page needs nothing of what computes
    from itnt_core import radio

    return tuple({CHANNEL_MODELS: radio.CHANNEL_MODELS}[named.group])


# Fields that count for some objects alone: of a part's dotted field, in which values of another one.
_INDOORS = frozenset({"low_loss", "high_loss"})
_COUNTS: dict[str, tuple[str, frozenset[str]]] = {
    "antenna.downtilt_deg": ("antenna.kind", frozenset({"tilted_array", "sector"})),
    "antenna.azimuth_deg": ("antenna.kind", frozenset({"sector", "measured"})),
    "antenna.elements": ("antenna.kind", frozenset({"sector"})),
    "antenna.pattern": ("antenna.kind", frozenset({"measured"})),
    "height_m": ("indoor", frozenset({"no"})),
    "floor": ("indoor", _INDOORS),
    "depth_m": ("indoor", _INDOORS),
}


def fields_that_count(part: BaseModel) -> tuple[Field, ...]:
    """Return the fields of an object without those that mean nothing there, as the azimuth of a round antenna."""

    def counts(field: Field) -> bool:
        other, values = _COUNTS.get(field.path, ("", frozenset()))
        is_free = not other or not hasattr(part, other.partition(".")[0])
        return is_free or field_value(part, other) in values

    return tuple(field for field in fields_of(type(part)) if counts(field))


def field_value(part: BaseModel, path: str) -> Any:
    """Return the value at a dotted field; corners of a zone are the text that they are typed as."""
    value: Any = part
    for step in path.split("."):
        value = getattr(value, step)
    return corners_text(value) if isinstance(value, tuple) and path == "corners_m" else value


def _fields(part: type[BaseModel], prefix: str, group: str) -> Iterator[Field]:
    """Yield the fields of a part; those of a start or a destination carry its name in their labels."""
    for name, info in part.model_fields.items():
        plain, optional = _plain_type(info.annotation)
        label = LABELS.get(name, name.replace("_", " ").capitalize())
        if issubclass(part, GroundUser) and get_origin(plain) is tuple:
            continue  # a path is no single value: the map and files of traces make it
        if isinstance(plain, type) and issubclass(plain, BaseModel):
            yield from _fields(plain, f"{prefix}{name}.", label if name in ("start", "destination") else "")
        else:
            full = f"{group} {label[0].lower()}{label[1:]}" if group else label
            yield _field(f"{prefix}{name}", full, plain, optional, info)


def _field(path: str, label: str, plain: Any, optional: bool, info: FieldInfo) -> Field:
    """Return one field with the limits that its declaration holds."""
    if get_origin(plain) is Literal:
        choices = tuple(str(choice) for choice in get_args(plain))
        return Field(path, label, "choice", choices=choices, help=info.description)
    named = next((item for item in info.metadata if isinstance(item, OneOf)), None)
    if named is not None:
        return Field(path, label, "choice", choices=_names(named), help=info.description)
    limits = _limits(info)
    if plain is AwareDatetime:
        return Field(path, label, "moment", help=info.description)
    if plain is bool:
        return Field(path, label, "yes_no", help=info.description)
    if plain in (int, float):
        low, high = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
        kind: FieldKind = "integer" if plain is int else "number"
        return Field(path, label, kind, low, high, optional=optional, help=info.description)
    if get_origin(plain) is tuple:
        return Field(path, label, "text", help=info.description)  # its limit counts corners, not characters
    longest = 40 if path == "id" else limits.get("max_length")
    return Field(path, label, "text", longest=longest, help=info.description)


def _limits(info: FieldInfo) -> dict[str, Any]:
    """Return the bounds among a field's constraints by name."""
    names = ("ge", "gt", "le", "lt", "max_length")
    return {
        name: getattr(item, name) for item in info.metadata for name in names if getattr(item, name, None) is not None
    }


def _plain_type(annotation: Any) -> tuple[Any, bool]:
    """Return the type without its None, and whether None is allowed."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return kinds[0], True
    return annotation, False
