"""The command `passes` over a whole catalogue: ``python -m benchmarks.passes [OTHER_CHECKOUT ...]``.

A made-up catalogue of 26,000 objects, as many as are tracked: wall and processor time and peak memory of the command
over 24 h, its start and the reading of the file included. Other checkouts, such as an older one, are measured with the
same file in the same run, and their rows are compared with this one's.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.smoke import sized
from benchmarks.timing import print_machine
from itnt_core.installed import app_folder

COUNT, HOURS = sized(26_000, 40), sized(24.0, 2.0)
START = datetime(2026, 6, 21, 12, tzinfo=UTC)
# Share of the catalogue, mean height km and its spread, inclinations in degrees, greatest eccentricity.
KINDS = (
    (0.37, (550.0, 15.0), (43.0, 53.0, 70.0, 97.6), 0.0005),  # large constellations
    (0.04, (1200.0, 5.0), (87.9, 87.9), 0.0005),
    (0.36, (800.0, 150.0), (65.0, 74.0, 82.5, 98.5, 99.0), 0.02),  # debris and old satellites
    (0.09, (450.0, 60.0), (28.5, 51.6, 97.4), 0.003),
    (0.04, (20_200.0, 900.0), (55.0, 64.8), 0.01),  # navigation
    (0.05, (35_786.0, 150.0), (0.1, 3.0, 9.0, 14.0), 0.001),
    (0.05, (18_000.0, 6000.0), (7.0, 27.0, 63.4), 0.7),  # transfer orbits, semi-major axis less the Earth's radius
)
LEAST_DEG = 0.001  # a difference of elevations that is counted
COLUMNS = (
    "OBJECT_NAME",
    "NORAD_CAT_ID",
    "EPOCH",
    "MEAN_MOTION",
    "ECCENTRICITY",
    "INCLINATION",
    "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
    "BSTAR",
)


def made_up_rows(count: int, seed: int = 1) -> list[list[str]]:
    """Return the OMM fields of a made-up catalogue, in the order of COLUMNS."""
    random = np.random.default_rng(seed)
    kinds = random.choice(len(KINDS), count, p=[kind[0] for kind in KINDS])
    rows = []
    for number, kind in enumerate(kinds, start=1):
        _, (mean_km, spread_km), inclinations, most = KINDS[kind]
        eccentricity = most * random.random()
        semi_major_km = max(6378.0 + mean_km + spread_km * random.standard_normal(), 6600.0 / (1.0 - eccentricity))
        motion = 86_400.0 / (2.0 * np.pi) * np.sqrt(398_600.8 / semi_major_km**3)
        inclination = abs(random.choice(inclinations) + 0.2 * random.standard_normal())
        node, perigee, anomaly = random.uniform(0.0, 360.0, 3)
        epoch = START - timedelta(hours=float(random.uniform(0.0, 48.0)))
        drag = 1e-4 * random.random() if semi_major_km < 8000.0 else 0.0
        angles = (f"{inclination:.4f}", f"{node:.4f}", f"{perigee:.4f}", f"{anomaly:.4f}")
        when = epoch.strftime("%Y-%m-%dT%H:%M:%S.%f")
        rows.append(
            [f"MADE {number}", str(number), when, f"{motion:.8f}", f"{eccentricity:.7f}", *angles, f"{drag:.4e}"]
        )
    return rows


def written(path: Path) -> None:
    """Write the made-up catalogue as OMM CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(made_up_rows(COUNT))


def measured(checkout: Path, catalogue: Path, output: Path) -> tuple[float, float, float]:
    """Run the command of a checkout into a file; return seconds by the clock and of CPU, and peak memory in MB."""
    arguments = f"passes --lat 51.5074 --lon -0.1278 --start {START:%Y-%m-%dT%H:%M:%SZ} --hours {HOURS:g} --json"
    command = [sys.executable, "-m", "itnt_core", *arguments.split(), "--elements", str(catalogue)]
    began = time.perf_counter()
    with output.open("wb") as out:
        process = subprocess.Popen(command, cwd=checkout, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{checkout} ended with {process.returncode}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024.0


def difference(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> str:
    """Return in words how far the rows of another checkout are from these, satellite by satellite in order of rise."""
    mine, theirs = (sorted(table, key=lambda row: (row["norad_id"], row["rise"])) for table in (rows, others))
    if [row["norad_id"] for row in mine] != [row["norad_id"] for row in theirs]:
        return f"{len(rows):,} and {len(others):,} rows, not of the same satellites"
    pairs = list(zip(mine, theirs, strict=True))
    apart_s = [
        abs((datetime.fromisoformat(one[name]) - datetime.fromisoformat(other[name])).total_seconds())
        for one, other in pairs
        for name in ("rise", "set")
    ]
    apart_deg = np.array([abs(one["max_elevation_deg"] - other["max_elevation_deg"]) for one, other in pairs])
    return (
        f"the same passes, rises and sets at most {max(apart_s, default=0.0):.3f} s apart, "
        f"{int((apart_deg > LEAST_DEG).sum())} highest elevations more than {LEAST_DEG} degrees"
    )


def main() -> None:
    """Print time and memory of the command in this checkout and in those named."""
    print_machine()
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "catalogue.csv"
        written(catalogue)
        print(f"{COUNT:,} made-up objects, {HOURS:g} h over London, all above the horizon")
        first: list[dict[str, Any]] | None = None
        for checkout in (app_folder(), *map(Path, sys.argv[1:])):
            output = Path(folder) / "rows.json"
            wall_s, cpu_s, peak_mb = measured(checkout, catalogue, output)
            rows = json.loads(output.read_bytes())
            print(
                f"{checkout.name}: {len(rows):,} passes, wall {wall_s:.1f} s, CPU {cpu_s:.1f} s, peak {peak_mb:,.0f} MB"
            )
            if first is None:
                first = rows
            else:
                print(f"  against this checkout: {difference(first, rows)}")


if __name__ == "__main__":
    main()
