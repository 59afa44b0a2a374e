"""A finished training on disk: the policy, how it learned, and what it is worth in worlds that it has never seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from itnt_core.arrays import Array
from itnt_core.disk import shown_path
from itnt_core.intervals import interval
from itnt_core.results import (
    KIND_KEY,
    ONLY_SEALED,
    LabelledArrays,
    ResultError,
    Verification,
    array_mismatches,
    check_sizes,
    figure_mismatches,
    given_arrays,
    is_sealed,
    late_dataset,
    need_variable,
    provenance,
    read_parts,
    seal_findings,
    sealed,
    split_by_definition,
    status_of,
    write_parts,
)

from .dispatchers import Dispatcher, Replanning
from .dynamics import DispatchDynamics
from .environment import dynamics_of
from .figures import DISPATCH_FIGURES
from .held_out import held_out_rewards, held_out_seeds
from .names import METHOD, POLICY_FILE
from .policy import SHAPES, LearnedDispatcher, PolicyWeights, read_policy, write_policy
from .question import KIND, DispatchQuestion, format_question, read_stored
from .setting import Setting

if TYPE_CHECKING:
    import xarray as xr

JUDGING = 0.15  # share of a run's time that the comparison takes
_WEIGHTS: dict[str, tuple[str, ...]] = {
    "w0": ("feature", "hidden"),
    "b0": ("hidden",),
    "w1": ("hidden", "hidden_2"),
    "b1": ("hidden_2",),
    "w2": ("hidden_2", "score"),
    "trust": ("horizon",),
}
_OTHERS: dict[str, tuple[str, ...]] = {"unexplained": ("round",), "reward": ("world",), "compared_reward": ("world",)}
SEALED_FIGURES = ("unexplained", "taught_slots", "wall_s")  # follow from the training, which is not repeated
# Hears which share is done, what goes on, and after a round what is left unexplained.
Watch = Callable[[float, str, float | None], None]


@late_dataset
@dataclass(frozen=True, eq=False)
class DispatchResult:
    """A finished training: the question, the labelled arrays, and how it came about."""

    scenario: DispatchQuestion
    dataset: xr.Dataset
    manifest: dict[str, Any]

    @property
    def kpis(self) -> dict[str, Any]:
        """Return the figures."""
        return dict(self.manifest["kpis"])

    @property
    def policy(self) -> PolicyWeights:
        """Return the policy, and what it tells of itself."""
        stored = given_arrays(self)
        arrays = {name: stored[name].values.astype(np.float32) for name in SHAPES}
        return PolicyWeights(arrays, dict(self.manifest["about"]))


def train_and_judge(question: DispatchQuestion, notify: Watch, cache_dir: Path | None) -> DispatchResult:
    """Teach a dispatcher in a question's worlds, then let it and replanning fly the held-out ones.

    ``notify`` hears in every slot, and ends the work by raising. Raises DispatchError where a scenario cannot be flown.
    """
    from .training import TrainingOptions, train  # torch: in the processes of runs alone

    started, unexplained = time.perf_counter(), list[float]()
    notify(0.0, "putting the worlds together", None)
    setting = Setting.of(question.network, question.chosen, cache_dir)
    stage = DispatchDynamics(setting, question.worlds, 1.0)  # scores are in Mbit, whatever a reward is worth
    last = question.rounds - 1

    def on_round(number: int, error: float) -> None:
        unexplained.append(error)
        notify((1.0 - JUDGING) * (number + 1) / question.rounds, f"round {number + 1}: {_left(error)}", error)

    def on_share(share: float) -> None:
        number = min(last, int(share * question.rounds))
        learned = f", {_left(unexplained[-1])} after the last" if unexplained else ""
        notify((1.0 - JUDGING) * share, f"round {number + 1} of {question.rounds}{learned}", None)

    weights = train([stage], question.seed, TrainingOptions(rounds=question.rounds), on_round, on_share)
    worlds = f"{question.name[:80]}, {question.worlds} worlds a round"
    weights = replace(weights, about={**weights.about, "worlds": worlds, "question": question.content_hash()[:12]})

    def on_judged(share: float) -> None:
        notify(1.0 - JUDGING + JUDGING * share, "held-out worlds", None)

    rewards = judge(question, weights, setting, on_judged)
    return make_result(question, weights, unexplained, rewards, time.perf_counter() - started)


def _left(error: float) -> str:
    return f"{100.0 * error:.1f} % left unexplained"


def judge(
    question: DispatchQuestion,
    weights: PolicyWeights,
    setting: Setting,
    watch: Callable[[float], None] = lambda share: None,
) -> tuple[Array, Array]:
    """Return the mean rewards of a policy and of replanning in the held-out worlds (n,), (n,)."""
    dynamics = dynamics_of(setting, question.held_out)
    pair: tuple[Dispatcher, ...] = (LearnedDispatcher(setting, weights), Replanning(setting, question.horizon))
    learned, compared = (
        held_out_rewards(dynamics, one, lambda share, part=part: watch((part + share) / 2))  # type: ignore[misc]
        for part, one in enumerate(pair)
    )
    return learned, compared


def make_result(
    question: DispatchQuestion,
    weights: PolicyWeights,
    unexplained: list[float],
    rewards: tuple[Array, Array],
    wall_s: float,
) -> DispatchResult:
    """Put a training into labelled arrays; ``rewards`` are those of the policy (n,) and of replanning (n,)."""
    arrays = _labelled(question, weights, unexplained, rewards)
    trained = {
        "unexplained": unexplained[-1],
        "taught_slots": int(weights.about["slots"]),
        "wall_s": round(wall_s, 3),
    }
    kpis = {"method": METHOD, "seed": question.seed, **_figures(rewards), **trained}
    manifest = provenance(question, kpis, {}, []) | {
        KIND_KEY: KIND,
        "about": weights.about,
        "policy_sha256": weights.content_hash,
    }
    return DispatchResult(question, arrays.later(), sealed(manifest, arrays))


def _figures(rewards: tuple[Array, Array]) -> dict[str, float]:
    learned, compared = rewards
    gain, half = interval((learned - compared).tolist())
    return {
        "reward": float(learned.mean()),
        "compared_reward": float(compared.mean()),
        "gain": gain,
        "gain_half": half,
    }


def _labelled(
    question: DispatchQuestion, weights: PolicyWeights, unexplained: list[float], rewards: tuple[Array, Array]
) -> LabelledArrays:
    learned, compared = rewards
    words = {"long_name": "share of hindsight's variance between moves that is left"}
    values: dict[str, Any] = {
        "unexplained": (np.array(unexplained), words),
        "reward": (learned, {"long_name": "of a slot, mean"}),
        "compared_reward": (compared, {"long_name": f"of replanning over {question.horizon} slots"}),
        **{name: (array, {"long_name": "of the policy"}) for name, array in weights.arrays.items()},
    }
    return LabelledArrays(
        {name: (dims, *values[name]) for name, dims in (_OTHERS | _WEIGHTS).items()},
        {"round": np.arange(1, question.rounds + 1), "world": held_out_seeds(question.held_out)},
        {"format_version": 1},
    )


def write_dispatch_result(folder: Path, result: DispatchResult) -> None:
    """Put a result into a folder in place of the old one, the policy as a file beside it (ResultError)."""
    write_parts(folder, format_question(result.scenario), given_arrays(result), result.manifest)
    write_policy(folder / POLICY_FILE, result.policy)


def read_dispatch_result(folder: Path) -> DispatchResult:
    """Read a result folder; raises :class:`ResultError` with one sentence when something is missing or broken."""
    result = DispatchResult(*read_parts(folder, read_stored, KIND, DISPATCH_FIGURES))
    for variable, dims in (_OTHERS | _WEIGHTS).items():
        need_variable(folder.name, result.dataset, variable, dims, "f")
    check_sizes(folder.name, result.dataset, {"round": result.scenario.rounds, "world": result.scenario.held_out})
    fits = all(result.dataset[name].shape == shape for name, shape in SHAPES.items())
    is_finite = all(np.isfinite(result.dataset[name].values).all() for name in (*_OTHERS, *SHAPES))
    if not fits or not is_finite or not isinstance(result.manifest.get("about"), dict):
        raise ResultError(
            f"The result '{shown_path(folder.name)}' holds no policy: its arrays have other shapes, or what is no "
            "number. Train it again."
        )
    return result


def read_trained_policy(folder: Path) -> PolicyWeights:
    """Return the policy of a run's folder (DispatchError, as for every policy file)."""
    return read_policy(folder / POLICY_FILE)


def verify_dispatch_result(result: DispatchResult, cache_dir: Path | None = None) -> Verification:
    """Let the stored policy and replanning fly the held-out worlds again, and compare everything (ResultError).

    The training is not repeated: how it went and what it took only the seal covers.
    """
    question, policy = result.scenario, result.policy
    rewards = judge(question, policy, Setting.of(question.network, question.chosen, cache_dir))
    sealed_figures = {name: result.kpis.get(name) for name in SEALED_FIGURES}
    kpis = {"method": METHOD, "seed": question.seed, **_figures(rewards), **sealed_figures}
    computed = _labelled(question, policy, result.dataset["unexplained"].values.tolist(), rewards).to_dataset()
    differing = figure_mismatches(result.kpis, kpis) | array_mismatches(result.dataset, computed)
    expected = {
        "seed": question.seed,
        "status": status_of(kpis, {}, []),
        "policy_sha256": policy.content_hash,
        "scenario_hash": question.content_hash(),
    }
    found = figure_mismatches(result.manifest, expected)
    differing |= {f"manifest {name}": sentence for name, sentence in found.items()}
    mismatches, notes = split_by_definition(result.manifest, differing)
    wrong, unknown = seal_findings(result.manifest, result.dataset, (*ONLY_SEALED, "about", *SEALED_FIGURES))
    return Verification(kpis, [], mismatches + wrong, notes + unknown, is_sealed(result.manifest))
