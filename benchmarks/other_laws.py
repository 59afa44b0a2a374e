"""Set our channel laws, point by point, against other libraries: `python -m benchmarks.other_laws [PYTHON]`.

PYTHON is the interpreter of an environment that has them, else the one that ITNT_OTHER_LAWS_PYTHON names: Sionna or
sionna-no-rt (TR 38.901), openntn (TR 38.811), tr3gpp (TR 36.777, formulas as printed). Never a dependency of the
program. A law whose library is not there is said not to be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.radio import atmosphere, laws, satellite, sector_element_db, wall_loss_db
from itnt_core.radio.indoors import INSIDE_DB_PER_M
from itnt_core.scenario import ScenarioError

from .others import laws as others
from .smoke import SMOKE, sized
from .timing import print_machine

INTERPRETER_VARIABLE = "ITNT_OTHER_LAWS_PYTHON"
STATION_M = {"uma": 25.0, "umi": 10.0}
GROUND_M = np.geomspace(10.0, 5000.0, sized(60, 4))  # the tables' range of distances in plan
AIR_M = np.geomspace(10.0, 4000.0, sized(60, 4))
TABLED_DEG = np.arange(10.0, 91.0, 10.0)
LIMIT_S = 900.0
DEPTH_M = 10.0
ELEMENT_DBI = 8.0
NAMES = {"sionna": "Sionna", "openntn": "OpenNTN", "tr3gpp": "tr3gpp"}


@dataclass(frozen=True, eq=False)
class Law:
    """A law of ours beside a library's: what it is called, in what unit, the question to them, and our answer."""

    name: str
    library: str
    unit: str
    question: dict[str, Any]
    ours: Callable[[], Array]
    known: str = ""  # why the two differ
    places: Array = field(default_factory=lambda: np.zeros(0))  # what is named where the difference is greatest


def main() -> int:
    """Ask, compare and print; exit with 1 when nothing could be compared."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", nargs="?", default=os.environ.get(INTERPRETER_VARIABLE, "").strip() or sys.executable)
    python = parser.parse_args().python
    print_machine()
    chosen = list(all_laws())
    answer = ask(python, [law.question for law in chosen])
    versions = ", ".join(f"{NAMES[name]} {found or 'not installed'}" for name, found in answer["versions"].items())
    print(versions)
    apart = {law: print_row(law, one) for law, one in zip(chosen, answer["answers"], strict=True)}
    found = {law: worst for law, worst in apart.items() if worst is not None}
    print(f"laws compared: {len(found)} of {len(chosen)}")
    if not found:
        print(f"Name the python of an environment with them, or set {INTERPRETER_VARIABLE}.", file=sys.stderr)
        return 0 if SMOKE else 1
    plain = [worst for law, worst in found.items() if not law.known]
    print(f"greatest difference of the {len(plain)} laws for which no reason is known: {max(plain, default=0.0):.4f}")
    return 0


def ask(python: str, questions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the libraries of another environment answer."""
    found = subprocess.run(
        [python, str(others.__file__)],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if found.returncode:
        raise SystemExit(f"The other python failed: {found.stderr.strip().splitlines()[-1:]}")
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


def print_row(law: Law, answer: dict[str, Any]) -> float | None:
    """Print and return the greatest difference of a law, None where it could not be compared."""
    if "missing" in answer:
        print(f"{law.name:<58}{NAMES[law.library]:>9}  not installed")
        return None
    try:
        ours = law.ours()
    except ScenarioError as error:
        print(f"{law.name:<58}{NAMES[law.library]:>9}  not compared: {error}")
        return None
    apart = np.nanmin(np.abs(np.atleast_2d(ours) - np.array(answer["values"])), axis=0)
    worst = float(apart.max())
    where = f" at {law.places[int(apart.argmax())]:g}" if len(law.places) and worst > 0.01 else ""
    print(
        f"{law.name:<58}{NAMES[law.library]:>9}{len(apart):>5} points{worst:>10.4f} {law.unit}{where}"
        + (f"  ({law.known})" if law.known and worst > 0.01 else "")
    )
    return worst


def all_laws() -> Iterator[Law]:
    """Yield what is compared."""
    for deployment in ("uma", "umi"):
        yield from path_losses_38901(deployment)
        yield from sight_38901(deployment)
        yield Law(
            f"{_title(deployment)}, sigma of shadowing: in sight, blocked, indoors",
            "sionna",
            "dB",
            {"law": "shadow_sigma_38901", "deployment": deployment},
            lambda deployment=deployment: np.array(
                [
                    *laws.shadow_sigma_db(np.array([True, False]), 1.5, False, deployment).ravel(),
                    laws.INDOOR_SIGMA_DB,
                ]
            ),
        )
    yield from penetration_38901()
    yield element_38901()
    for clutter in satellite.CLUTTER_LOSS_DB:
        yield from tables_38811(clutter)
    yield from satellite_laws()
    for deployment in ("uma", "umi"):
        yield from aerial_36777(deployment)


def path_losses_38901(deployment: str) -> Iterator[Law]:
    """Yield path losses in line of sight and blocked, for users up to 13 m and, from macro sites, above."""
    station_m, height = STATION_M[deployment], np.resize([1.5, 5.0, 8.0, 12.9], len(GROUND_M))
    functions = {
        ("uma", True): laws.uma_los_db,
        ("uma", False): laws.uma_nlos_db,
        ("umi", True): laws.umi_los_db,
        ("umi", False): laws.umi_nlos_db,
    }
    cases = [("users up to 13 m", height, [1.0])]
    if deployment == "uma":  # note 1 of table 7.4.1-1 draws what the surroundings count as: theirs must be one of ours
        drawn = [1.0, 12.0, 15.0, 18.0, 21.0]
        cases.append(("users of 13 to 22.5 m", np.resize([13.5, 16.5, 22.5], len(GROUND_M)), drawn))
    for who, heights, surroundings_m in cases:
        for carrier_ghz in (2.0, 6.0):
            for los in (True, False):
                d3d = np.hypot(GROUND_M, station_m - heights)
                yield Law(
                    f"{_title(deployment)}, {_sight(los)}, {carrier_ghz:g} GHz, {who}",
                    "sionna",
                    "dB",
                    {
                        "law": "path_loss_38901",
                        "deployment": deployment,
                        "station_m": station_m,
                        "carrier_ghz": carrier_ghz,
                        "los": los,
                        "d2d_m": GROUND_M.tolist(),
                        "height_m": heights.tolist(),
                    },
                    lambda f=functions[deployment, los], d3d=d3d, h=heights, c=carrier_ghz, s=surroundings_m: np.array(
                        [path_loss_among(f, one, d3d, station_m, h, c) for one in s]
                    ),
                    places=GROUND_M,
                )


def path_loss_among(
    law: Callable[..., np.ndarray],
    surroundings_m: float,
    d3d_m: np.ndarray,
    station_m: float,
    height_m: np.ndarray,
    carrier_ghz: float,
) -> np.ndarray:
    """Return a path loss (n,) with the surroundings at a height, nan where this is not 1.5 m below the user."""
    if surroundings_m == 1.0:
        return law(GROUND_M, d3d_m, station_m, height_m, carrier_ghz)
    loss = law(GROUND_M, d3d_m, station_m, height_m, carrier_ghz, surroundings_m)
    return np.where(surroundings_m <= height_m - 1.5, loss, np.nan)


def sight_38901(deployment: str) -> Iterator[Law]:
    """Yield the probability of a line of sight, users up to 22.5 m."""
    height = np.resize([1.5, 12.9, 16.5, 22.5], len(GROUND_M))
    yield Law(
        f"{_title(deployment)}, probability of a line of sight",
        "sionna",
        "",
        {
            "law": "los_probability_38901",
            "deployment": deployment,
            "d2d_m": GROUND_M.tolist(),
            "height_m": height.tolist(),
        },
        lambda: laws.ground_los_probability(GROUND_M, deployment, height),
        places=GROUND_M,
    )


def penetration_38901() -> Iterator[Law]:
    """Yield what buildings take, by the releases from 14 to 18 and by 19."""
    carriers = np.linspace(0.5, 6.0, sized(12, 2))
    coated = "the release: 23 + 0.3 f dB for coated glass up to V18, as ours, 25.4 + 0.11 f in V19"
    for kind, ours in (("low", "low_loss"), ("high", "high_loss")):
        for spec, release in (("16.1", "V16"), ("19.2", "V19")):
            yield Law(
                f"O2I, {kind} loss, {DEPTH_M:g} m inside, {release}",
                "sionna",
                "dB",
                {
                    "law": "penetration_38901",
                    "kind": kind,
                    "spec": spec,
                    "carriers_ghz": carriers.tolist(),
                    "depth_m": DEPTH_M,
                },
                lambda ours=ours: np.array([wall_loss_db(ours, c) + INSIDE_DB_PER_M * DEPTH_M for c in carriers]),
                coated if (kind, release) == ("high", "V19") else "",
                carriers,
            )


def element_38901() -> Law:
    """Return the pattern of one element of a base station."""
    elevation, bearing = (axis.ravel() for axis in np.meshgrid(np.arange(-90.0, 91.0, 15.0), np.arange(-180, 180, 15)))
    return Law(
        "element of a base station",
        "sionna",
        "dB",
        {"law": "element_38901", "elevation_deg": elevation.tolist(), "bearing_deg": bearing.tolist()},
        lambda: ELEMENT_DBI + sector_element_db(elevation, bearing),
    )


def tables_38811(clutter: str) -> Iterator[Law]:
    """Yield the tables of a kind of surroundings."""
    row = satellite.table_row(TABLED_DEG)
    tables = {
        "probability": ("probability of a line of sight", "", satellite.LOS_PROBABILITY),
        "clutter": ("clutter loss", "dB", satellite.CLUTTER_LOSS_DB),
        "sigma": ("sigma in sight", "dB", satellite.SIGMA_LOS_DB),
        "sigma_blocked": ("sigma blocked", "dB", satellite.SIGMA_NLOS_DB),
    }
    for quantity, (name, unit, table) in tables.items():
        yield Law(
            f"satellites, {clutter.replace('_', ' ')}, {name}",
            "openntn",
            unit,
            _to_satellites(quantity, clutter),
            lambda table=table: table[clutter][row],
            places=TABLED_DEG,
        )


def satellite_laws() -> Iterator[Law]:
    """Yield free space, scintillation, gas and the beam."""
    heights = np.full(len(TABLED_DEG), 600e3)
    yield Law(
        "satellites, free space, 2 GHz",
        "openntn",
        "dB",
        _to_satellites("free_space", "urban"),
        lambda: laws.free_space_db(heights, 2.0),
    )
    yield Law(
        "satellites, scintillation, 2 GHz, at the magnetic equator",
        "openntn",
        "dB",
        _to_satellites("scintillation", "urban"),
        lambda: np.full(len(TABLED_DEG), satellite.scintillation_db(2.0)),
    )
    yield Law(
        "satellites, gas, 2 GHz",
        "openntn",
        "dB",
        _to_satellites("gas", "urban"),
        lambda: atmosphere.gas_db(51.5, -0.09, 2.0, 1.0, TABLED_DEG),
        places=TABLED_DEG,
    )
    off_axis, radius_m, carrier_ghz = np.radians(np.linspace(0.0, 60.0, sized(121, 7))), 1.0, 2.0
    wavelengths = radius_m * carrier_ghz * 1e9 / laws.SPEED_OF_LIGHT_M_S
    yield Law(
        "satellites, beam of 1 m radius at 2 GHz",
        "openntn",
        "",
        {"law": "beam_38811", "aperture_wavelengths": wavelengths, "off_axis_rad": off_axis.tolist()},
        lambda: satellite.beam_gain(off_axis, radius_m, carrier_ghz),
        places=np.degrees(off_axis),
    )


def aerial_36777(deployment: str) -> Iterator[Law]:
    """Yield path losses, probabilities of a line of sight and the shadowing of aerial users."""
    scenario, station_m = {"uma": "UMa-AV", "umi": "UMi-AV"}[deployment], STATION_M[deployment]
    height = np.resize([23.0, 50.0, 80.0, 100.0], len(AIR_M))
    d3d, carrier_ghz = np.hypot(AIR_M, height - station_m), 2.0
    ours: dict[str, Callable[[], Array]] = {
        "LOS": (
            (lambda: laws.uma_av_los_db(d3d, carrier_ghz))
            if deployment == "uma"
            else lambda: laws.umi_av_los_db(d3d, height, carrier_ghz)
        ),
        "NLOS": lambda: (laws.uma_av_nlos_db if deployment == "uma" else laws.umi_av_nlos_db)(d3d, height, carrier_ghz),
    }
    for condition, answer in ours.items():
        asked = {"scenario": scenario, "condition": condition}
        where = {"carrier_ghz": carrier_ghz, "d3d_m": d3d.tolist(), "height_m": height.tolist()}
        yield Law(
            f"{scenario}, {_sight(condition == 'LOS')}, 23 to 100 m",
            "tr3gpp",
            "dB",
            {"law": "path_loss_36777", **asked, **where},
            answer,
            places=AIR_M,
        )
        up_to = height if deployment == "uma" and condition == "NLOS" else 3.0 * height
        yield Law(
            f"{scenario}, sigma of shadowing, {_sight(condition == 'LOS')}",
            "tr3gpp",
            "dB",
            {"law": "shadow_sigma_36777", **asked, "height_m": up_to.tolist()},
            lambda up_to=up_to, condition=condition: laws.shadow_sigma_db(
                np.full(len(up_to), condition == "LOS"), up_to, True, deployment
            ),
        )
    yield Law(
        f"{scenario}, probability of a line of sight",
        "tr3gpp",
        "",
        {"law": "los_probability_36777", "scenario": scenario, "d2d_m": AIR_M.tolist(), "height_m": height.tolist()},
        lambda: laws.aerial_los_probability(AIR_M, height, deployment),
        places=AIR_M,
    )


def _to_satellites(quantity: str, clutter: str) -> dict[str, Any]:
    return {
        "law": "satellite_38811",
        "quantity": quantity,
        "clutter": clutter,
        "elevation_deg": TABLED_DEG.tolist(),
    }


def _title(deployment: str) -> str:
    return {"uma": "UMa", "umi": "UMi"}[deployment]


def _sight(los: bool) -> str:
    return "line of sight" if los else "blocked"


if __name__ == "__main__":
    sys.exit(main())
