"""A small scenario with one of everything as plain data, and ways to spoil it."""

import copy

GOOD = {
    "version": 1,
    "name": "Small",
    "seed": 3,
    "area": {"lon": -0.09, "lat": 51.508, "size_m": 2000.0},
    "time": {"start": "2026-06-21T12:00:00Z", "slots": 10, "slot_s": 2.0},
    "radio": {"carrier_ghz": 2.0, "subchannels": 3},
    "channel": {"model": "free_space"},
    "city": {"kind": "open"},
    "ground_stations": [
        {"id": "north", "east_m": 0.0, "north_m": 400.0},
        {"id": "south", "east_m": 0.0, "north_m": -400.0, "antenna": {"kind": "isotropic", "gain_dbi": 2.0}},
    ],
    "passes": [{"id": "leo", "altitude_km": 500.0, "radio": {"gain_dbi": 30.0}}],
    "walker_shells": [{"id": "shell", "planes": 6, "satellites_per_plane": 4}],
    "aerial_users": [
        {
            "id": "red",
            "start": {"east_m": 0.0, "north_m": 0.0, "height_m": 100.0},
            "destination": {"east_m": 300.0, "north_m": 0.0, "height_m": 120.0},
        },
        {
            "id": "blue",
            "start": {"east_m": 0.0, "north_m": 200.0, "height_m": 100.0},
            "destination": {"east_m": 300.0, "north_m": 200.0, "height_m": 100.0},
        },
    ],
    "ground_users": [{"id": "ann", "east_m": 50.0, "north_m": 50.0}, {"id": "bob", "east_m": -50.0, "north_m": 0.0}],
}
GONE = object()


def spoilt(changes):
    """Return the good scenario with dotted fields replaced; ``GONE`` removes one, a final ``+`` appends to a list."""
    data = copy.deepcopy(GOOD)
    for path, value in changes.items():
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
        node = data
        for step in steps:
            node = node[step]
        if last == "+":
            node.append(value)
        elif value is GONE:
            del node[last]
        else:
            node[last] = value
    return data
