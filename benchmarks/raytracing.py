"""Measure our urban channel against Sionna RT on the same city: `python -m benchmarks.raytracing`.

Needs Sionna RT (requirements-raytracing.txt); without it, the stored comparison is printed and said to be stored.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from itnt_core.presets import preset
from itnt_core.raytracing import (
    Comparison,
    RayTracingError,
    TraceSettings,
    agreements,
    compare,
    own_file,
    same_sight,
    stored_comparison,
    write_comparison,
)
from itnt_core.runs import cache_folder, data_root

from .smoke import sized, stored
from .timing import print_machine


def main() -> int:
    """Trace, compare, keep and print; exit with 1 when there is neither a ray tracer nor a stored comparison."""
    options = _options()
    cache_dir = cache_folder()
    print_machine()
    try:
        settings = TraceSettings(
            max_depth=options.depth, samples=options.samples, scattering_coefficient=options.scattering
        )
        compared: Comparison | None = compare(
            preset(options.preset, cache_dir=cache_dir), options.receivers, settings, cache_dir
        )
        if compared:
            write_comparison(options.output or stored(own_file(data_root())), compared)
    except RayTracingError as error:
        print(f"{error}\nWhat follows was computed before, not now.", file=sys.stderr)
        compared = stored_comparison(data_root())
    if compared is None:
        print("Not computed here.")
        return 1
    print_comparison(compared)
    return 0


def print_comparison(compared: Comparison) -> None:
    """Print where the comparison comes from and one row per kind of link."""
    about = compared.about
    print(
        f"{about['scenario']}: {about['masts']} masts, {about['receivers']} receivers, {about['buildings']} buildings"
    )
    print(f"{about['settings']}, {about['versions']}, {about['wall_s']:.0f} s, made {about['made']} by {about['code']}")
    print(f"line of sight: both say the same on {same_sight(compared):.1%} of the links")
    print(
        f"{'urban minus traced':<32}{'links':>7}{'no path':>9}{'bias dB':>9}{'RMSE dB':>9}{'spread dB':>11}{'corr.':>7}"
    )
    for name, row in agreements(compared).items():
        numbers = f"{row.bias_db:>9.1f}{row.rmse_db:>9.1f}{row.spread_db:>11.1f}{row.correlation:>7.2f}"
        print(f"{name:<32}{row.links:>7}{row.without_path:>9}{numbers}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default=sized("london-2km", "tiny"))
    parser.add_argument("--receivers", type=int, default=sized(240, 3))
    parser.add_argument("--depth", type=int, default=4, help="interactions per path")
    parser.add_argument("--samples", type=int, default=sized(300_000, 1_000), help="rays per transmitter")
    parser.add_argument("--scattering", type=float, default=0.3, help="share of the field that walls scatter")
    parser.add_argument("-o", "--output", type=Path, help="default: the file that the page shows first")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
