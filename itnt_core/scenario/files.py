"""Reading and writing scenarios: YAML and JSON text in, a checked scenario or every problem out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml

from .model import Scenario
from .problems import Problem, ScenarioError, shown
from .reading import MAX_SCENARIO_BYTES, plain_data
from .validation import scenario_of_data

__all__ = [
    "format_scenario",
    "parse_scenario",
    "read_file",
    "read_scenario",
    "scenario_file_text",
    "scenario_of_bytes",
    "scenario_of_data",
]


def parse_scenario(text: str) -> Scenario:
    """Return the scenario that YAML or JSON text describes (ScenarioError lists every problem)."""
    return scenario_of_bytes(text.encode("utf-8", "surrogatepass"))


def scenario_of_bytes(content: bytes, name: str | None = None, *, stored: bool = False) -> Scenario:
    """Read a scenario from the content of the YAML or JSON file ``name``; ``stored`` as in :func:`scenario_of_data`."""
    return scenario_of_data(plain_data(content, name=name), stored=stored)


def format_scenario(scenario: Scenario, form: Literal["yaml", "json"] = "yaml") -> str:
    """Return a scenario as YAML or JSON text that :func:`parse_scenario` reads back equal."""
    if form == "json":
        return scenario.model_dump_json(indent=2) + "\n"
    return yaml.safe_dump(scenario.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=120)


def scenario_file_text(scenario: Scenario, path: Path) -> str:
    """Return what a scenario file of this name holds: JSON where the name ends with .json, else YAML."""
    return format_scenario(scenario, "json" if path.suffix.lower() == ".json" else "yaml")


def read_scenario(path: str | Path, *, stored: bool = False) -> Scenario:
    """Read a scenario file (ScenarioError when it is missing, no text, or wrong).

    ``stored`` is for a file that this program wrote, as in a run's folder; see :func:`scenario_of_data`.
    """
    return scenario_of_bytes(read_file(Path(path)), Path(path).name, stored=stored)


def read_file(path: Path) -> bytes:
    """Return the content of a scenario file (ScenarioError when it is missing or too large)."""
    where = f"The file {shown(path.name)}"
    try:
        with path.open("rb") as handle:
            content = handle.read(MAX_SCENARIO_BYTES + 1)  # a device or a pipe has no size to ask for
    except OSError as error:
        reason = f"not readable ({error.strerror})"
        raise ScenarioError([Problem(where, reason, "a file is needed", "check the path")]) from error
    if len(content) > MAX_SCENARIO_BYTES:
        raise ScenarioError([Problem(where, "over 20 MB", "20 MB are allowed", "remove what is not needed")])
    return content
