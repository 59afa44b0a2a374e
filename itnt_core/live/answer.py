"""What the live optimum tells about an edit: figures, and the decision behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from itnt_core.network import Decision, decision_bytes, decision_of_bytes


@dataclass(frozen=True, eq=False)
class LiveAnswer:
    """An answer to one edit: who is served by whom, where everybody flies, with which powers, and what that brings.

    ``number`` is that of the edit, ``content_hash`` that of its scenario. ``kpis`` are figures as those of a result
    (:func:`itnt_core.methods.answer_figures`), bounds among them once they are known; ``leo_share`` is the share of the
    served (user, slot) that satellites serve, ``user_mbit`` the data of every user. ``elapsed_s`` counts from the
    moment at which the edit was taken up.
    ``is_settled`` says that this answer is the last one to this edit.
    """

    number: int
    content_hash: str
    step: str
    elapsed_s: float
    is_settled: bool
    leo_share: float
    kpis: dict[str, Any]
    user_mbit: dict[str, float]
    decision: Decision

    def packed(self) -> tuple[dict[str, Any], bytes]:
        """Return the arrays of the decision as bytes, all else as plain data."""
        plain = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "decision"}
        return plain, decision_bytes(self.decision)

    @classmethod
    def unpacked(cls, plain: Mapping[str, Any], content: bytes) -> LiveAnswer:
        """Return the answer that was packed (DecisionError)."""
        return cls(decision=decision_of_bytes(content), **plain)
