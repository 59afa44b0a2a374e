"""Checkpoints: weights, memories and generators in one file, written whole or not at all, read without executing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from itnt_core.errors import ItntError

VERSION = 1  # of the file's form


class CheckpointError(ItntError, ValueError):
    """A file that is not one of our checkpoints."""


def write_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a state to a temporary name and rename it, so that a file is never half written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    torch.save({"version": VERSION, **state}, temporary)
    temporary.replace(path)


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read a state of tensors and plain values (CheckpointError when it is anything else)."""
    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:  # a foreign file can make the reader raise anything
        text = f"'{path.name}' cannot be read as a checkpoint: choose the policy.pt of a run."
        raise CheckpointError(text) from error
    if not isinstance(state, dict) or state.get("version") != VERSION:
        raise CheckpointError(f"'{path.name}' is a checkpoint of another version: train again.")
    return state
