"""Taking turns: who comes next where several people want more than there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def by_turns(waiting: Sequence[tuple[Item, str]], last_turn: Mapping[str, int]) -> list[Item]:
    """Return who waits in the order in which they are served: round robin over people.

    ``waiting`` are items in the order of arrival, each with its person; ``last_turn`` says, as numbers that only grow,
    when each person was served last. The first items of all people come before anybody's second; among them whoever was
    served longest ago, or never, goes first. So between coming and being served a person's next item waits behind at
    most one item of each other person.
    """
    seen: Counter[str] = Counter()
    keyed = []
    for number, (item, person) in enumerate(waiting):
        keyed.append(((seen[person], last_turn.get(person, 0), number), item))
        seen[person] += 1
    return [item for _, item in sorted(keyed, key=lambda pair: pair[0])]
