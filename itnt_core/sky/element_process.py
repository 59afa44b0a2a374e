"""Element files that others send: a small one is read here, a larger one in a confined process."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from itnt_core.apart import ApartError, Limits, Notify, Refused, apart_scratch, ask_apart

from .element_fields import ElementFileError
from .element_files import ElementFile, check_size, parse_elements
from .elements import ElementSet

# As much as a hundred satellites; the worst text of this size is refused in a fraction of a second.
APART_ABOVE_BYTES = 100_000
LIMITS = Limits(seconds=60.0, memory_mb=1500, written_mb=200)
ANSWER_FILE = "elements.json"


def parse_sent_elements(content: bytes, name: str, strict: bool = False) -> ElementFile:
    """Read an element file as :func:`parse_elements` does, apart when it is large; ElementFileError in one sentence."""
    check_size(len(content))
    if len(content) <= APART_ABOVE_BYTES:
        return parse_elements(content, name, strict)
    with apart_scratch() as scratch:
        try:
            question = {"name": name, "strict": strict}
            answer = ask_apart("elements", question, LIMITS, content=content, scratch=scratch)
        except (Refused, ApartError) as error:
            raise ElementFileError(str(error)) from error
        elements = ElementSet.model_validate_json((scratch / ANSWER_FILE).read_bytes())
    return ElementFile(
        elements,
        str(answer["form"]),
        int(answer["superseded"]),
        tuple(answer["left_out"]),
        int(answer["left_out_count"]),
        tuple(answer["shared_numbers"]),
    )


def elements_task(question: dict[str, Any], scratch: Path, notify: Notify) -> dict[str, Any]:
    """Read ``scratch/input`` into ``scratch/elements.json``; return the other fields of an ElementFile."""
    del notify
    read = parse_elements((scratch / "input").read_bytes(), str(question["name"]), bool(question["strict"]))
    (scratch / ANSWER_FILE).write_text(read.elements.model_dump_json(), encoding="utf-8")
    return {field.name: getattr(read, field.name) for field in fields(read) if field.name != "elements"}
