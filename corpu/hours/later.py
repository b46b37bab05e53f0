"""What has changed in a year since its book was closed."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Change:
    """A line whose counted JP are not those of the closed book; 0 where it stands on one side
    only."""

    key: Hashable
    then: Decimal
    now: Decimal

    @property
    def difference(self) -> Decimal:
        """What the change adds, negative where it takes away."""
        return self.now - self.then


def changes(
    then: Mapping[Hashable, Decimal], now: Mapping[Hashable, Decimal]
) -> tuple[Change, ...]:
    """The lines that differ between a closed book and the present one, each by its key: the
    closed total and all differences together make the present total."""
    nothing = Decimal()
    found = (
        Change(key, then.get(key, nothing), now.get(key, nothing))
        for key in dict.fromkeys([*then, *now])
    )
    return tuple(one for one in found if one.difference)
