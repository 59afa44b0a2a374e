"""The paper's figures as rows for charts, and what they show in words."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from itnt_core.data import delivered
from itnt_core.data_folder import data_path
from itnt_core.installed import checkout
from itnt_core.intervals import interval

NAMES = {
    "bound": "Upper bound",
    "planner": "Planner",
    "proposed": "Proposed (DDPG)",
    "epa": "Equal power",
    "t_ddqn": "T-DDQN",
    "ra": "Random association",
    "straight": "Straight line",
}
FIGURE_FOLDER = delivered("paper")
PAPER_ORDER = ("proposed", "epa", "t_ddqn", "ra")


class PaperFigure(NamedTuple):
    """Rows of a chart, the paper's claim, and what was found."""

    rows: list[dict[str, Any]]
    claim: str
    found: str
    made: str


def own_figure_file(name: str) -> Path:
    """Return where a figure computed anew is kept: in a checkout as the delivered one, else in the data folder."""
    return (FIGURE_FOLDER if checkout() else data_path() / "paper") / f"{name}.json"


def figure_file(name: str) -> Path:
    """Return the file of a figure: the one computed on this machine, else the delivered one."""
    own = own_figure_file(name)
    return own if own.is_file() else FIGURE_FOLDER / own.name


def read_figure(path: Path) -> dict[str, Any] | None:
    """Return a figure's stored content; None where it has not been computed."""
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def users_figure(content: Mapping[str, Any]) -> PaperFigure:
    """Return figure 2: data service against the number of users, mean and interval over the seeds."""
    cases = content["cases"]
    rows = []
    for users in sorted({case["users"] for case in cases}):
        chosen = [case for case in cases if case["users"] == users]
        for key in NAMES:
            values = [case["bound_mbit"] if key == "bound" else case["methods"][key]["mbit"] for case in chosen]
            mean, half = interval(values)
            rows.append({"users": users, "series": NAMES[key], "mbit": mean, "low": mean - half, "high": mean + half})
    return PaperFigure(
        rows,
        "The paper's order is Proposed > Equal power > T-DDQN > Random association, at every number of users.",
        _order_found(cases),
        made_sentence(content),
    )


def _order_found(cases: Sequence[Mapping[str, Any]]) -> str:
    counts = sorted({case["users"] for case in cases})
    orders = {}
    for users in counts:
        means = {
            key: float(np.mean([case["methods"][key]["mbit"] for case in cases if case["users"] == users]))
            for key in PAPER_ORDER
        }
        orders[users] = tuple(sorted(means, key=means.__getitem__, reverse=True))
    agreeing = [users for users in counts if orders[users] == PAPER_ORDER]
    texts = [f"The paper's order is found at {len(agreeing)} of {len(counts)} numbers of users."]
    for order in sorted(set(orders.values())):
        if order != PAPER_ORDER:
            where = ", ".join(str(users) for users in counts if orders[users] == order)
            texts.append(f"At {where} users it is {' > '.join(NAMES[key] for key in order)}.")
    shares = {users: _mean_ratio(cases, users, "planner") for users in counts}
    low, high = min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__)
    texts.append(
        f"Proposed reaches {100 * shares[low]:.1f} % ({low} users) to {100 * shares[high]:.1f} % ({high} users) of the "
        f"planner's data service."
    )
    apart = max(abs(_mean_ratio(cases, users, "t_ddqn") - 1.0) for users in counts)
    texts.append(
        f"Proposed and T-DDQN differ by {100 * apart:.1f} % at most: here they share association and powers, and only "
        "the flights of the few aerial users differ."
    )
    return " ".join(texts)


def _mean_ratio(cases: Sequence[Mapping[str, Any]], users: int, key: str) -> float:
    """Return the mean over the seeds of Proposed's data service over another method's."""
    chosen = [case["methods"] for case in cases if case["users"] == users]
    return float(np.mean([methods["proposed"]["mbit"] / methods[key]["mbit"] for methods in chosen]))


def power_figure(content: Mapping[str, Any]) -> PaperFigure:
    """Return figure 3: cumulative reward against episode for several powers."""
    cases = content["cases"]
    rows, last = [], {}
    for power_w in sorted({case["power_w"] for case in cases}):
        curves = np.array([case["reward"] for case in cases if case["power_w"] == power_w])
        for episode in range(curves.shape[1]):
            mean, half = interval(list(curves[:, episode]))
            rows.append(
                {
                    "episode": episode + 1,
                    "series": f"{power_w:g} W",
                    "reward": mean,
                    "low": mean - half,
                    "high": mean + half,
                }
            )
        last[power_w] = float(curves[:, -5:].mean())
    rising = all(first < second for first, second in itertools.pairwise(last.values()))
    ends = ", ".join(f"{power_w:g} W: {reward:.1f}" for power_w, reward in last.items())
    verdict = "More power gives more reward here, too" if rising else "More power does not always give more reward here"
    return PaperFigure(
        rows,
        "In the paper more power gives more reward, and the reward converges at every power.",
        f"{verdict}: mean of the last five episodes {ends}. The unit is the reference's data service per slot at 4 W.",
        made_sentence(content),
    )


def flight_figure(content: Mapping[str, Any]) -> PaperFigure:
    """Return figure 4: the flights of the first seed from above; distances over all seeds in words."""
    cases = content["cases"]
    rows = []
    for key, flight in cases[0]["flights"].items():
        for index, name in enumerate(cases[0]["aerial_users"]):
            for slot, place in enumerate(np.array(flight["path_m"])[:, index]):
                rows.append({"series": NAMES[key], "user": name, "slot": slot, "east_m": place[0], "north_m": place[1]})
    rows += [{"series": "GBS", "east_m": east, "north_m": north} for east, north in cases[0]["masts_m"]]
    distances = []
    for key in cases[0]["flights"]:
        mean, half = interval([case["flights"][key]["mean_distance_m"] for case in cases])
        distances.append(f"{NAMES[key]} {mean:.0f} m (+- {half:.0f})")
    claim = (
        "In the paper the proposed flights lead near the GBSs, while T-DDQN keeps aerial users near one GBS, at the "
        "cost of energy."
    )
    found = f"Mean distance from an aerial user to the nearest GBS: {', '.join(distances)}."
    return PaperFigure(rows, claim, found, made_sentence(content))


def made_sentence(content: Mapping[str, Any]) -> str:
    """Say from which scenario, seeds, code and settings a stored figure was computed."""
    seeds = content["seeds"]
    return (
        f"Scenario {content['preset']}, seeds {seeds[0]} to {seeds[-1]}, computed {content['made'][:10]} with code "
        f"{content['code']}; settings of the learned methods: "
        + ", ".join(f"{name} {value}" for name, value in content["settings"].items() if name != "reference_lines")
        + "."
    )
