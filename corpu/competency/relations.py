"""For how long somebody stood above somebody else, over a line of dated relations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Relation:
    """`person` answers to `supervisor` from a day to a day, both included; None is open."""

    person_id: UUID
    supervisor_id: UUID
    started_on: date
    ended_on: date | None
    supervisor_name: str = ""

    def holds_on(self, day: date) -> bool:
        return self.started_on <= day and (self.ended_on is None or self.ended_on >= day)


Span = tuple[date, date | None]
FAR = date(9000, 1, 1)  # somebody wrote the end of all days: no end


class Lines:
    """The relations above some people, as far up as they go."""

    def __init__(self, relations: Iterable[Relation] = ()) -> None:
        self._above: dict[UUID, list[Relation]] = {}
        for relation in relations:
            self._above.setdefault(relation.person_id, []).append(relation)

    def supervisor_on(self, person_id: UUID, day: date) -> Relation | None:
        """The direct relation in force on a day."""
        held = [one for one in self._above.get(person_id, ()) if one.holds_on(day)]
        return max(held, key=lambda one: one.started_on, default=None)

    def spans(self, person_id: UUID, supervisor_id: UUID) -> list[Span]:
        """The days on which the one stood above the other, directly or through others."""
        return sorted(
            self._spans(person_id, supervisor_id, (date.min, None), frozenset()),
            key=lambda span: span[0],
        )

    def _spans(
        self, person_id: UUID, supervisor_id: UUID, within: Span, seen: frozenset[UUID]
    ) -> Iterator[Span]:
        for relation in self._above.get(person_id, ()):
            shared = _overlap(within, (relation.started_on, relation.ended_on))
            if shared is None:
                continue
            if relation.supervisor_id == supervisor_id:
                yield shared
            elif relation.supervisor_id not in seen:
                yield from self._spans(
                    relation.supervisor_id, supervisor_id, shared, seen | {person_id}
                )


@dataclass(frozen=True, slots=True)
class Bond:
    """How a rater stands to a person: when the relation ended, and when it begins again."""

    ended_at: datetime | None
    begins_at: datetime | None


def bond(spans: Iterable[Span], *, rated_at: datetime, at: datetime, zone: str) -> Bond:
    """The bond as it is known at a moment, days read in the zone of the agency.

    An open relation has no end; of several, the last end counts, so that who supervises
    again is heard again. A relation that was struck out afterwards ended with the rating.
    """
    spans = list(spans)
    day = at.astimezone(ZoneInfo(zone)).date()
    ends = [end for start, end in spans if start <= day]
    starts = [start for start, _ in spans if start > day]
    begins_at = midnight(min(starts), zone) if starts else None
    if not ends:
        return Bond(rated_at, begins_at)
    known = [end for end in ends if end is not None and end < FAR]
    if len(known) < len(ends):
        return Bond(None, begins_at)
    last = max(known)
    return Bond(midnight(last + timedelta(days=1), zone), begins_at)


def midnight(day: date, zone: str) -> datetime:
    """The moment at which a day begins in a zone."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _overlap(one: Span, other: Span) -> Span | None:
    start = max(one[0], other[0])
    ends = [end for end in (one[1], other[1]) if end is not None]
    end = min(ends, default=None)
    return None if end is not None and end < start else (start, end)
