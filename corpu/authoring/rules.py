"""What the instructor's room concludes from plain figures. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from typing import Any
from uuid import UUID

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that reads like another
CODE_LENGTH = 4


def participant_code(attempt_id: UUID) -> str:
    """What an answer is called while it is graded: the same each time, and nobody's name.

    It belongs to the attempt, not to the person, so that two attempts of one person cannot be
    told to be theirs.
    """
    number = int.from_bytes(sha256(attempt_id.bytes).digest()[:8], "big")
    return "".join(LETTERS[number >> 5 * place & 31] for place in range(CODE_LENGTH))


# -------------------------------------------------------------------------------- editions


@dataclass(frozen=True)
class Changes:
    """What an edition changed of the one before it, as titles of pages in reading order."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: bool = False  # the pages that both have come in another order

    @property
    def none(self) -> bool:
        """Whether the pages are the same: then only what stands in course.md has changed."""
        return not (self.new or self.changed or self.removed or self.moved)


def page_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """Compare two outlines as they are kept (`modules` with `pages`: id, title, body_hash).

    A page is the same page while its id stands; it has changed when its text, its questions or
    its title have.
    """
    old, new = _pages(before), _pages(after)
    was = {page["id"]: page for page in old}
    now = {page["id"]: page for page in new}
    return Changes(
        new=tuple(page["title"] for page in new if page["id"] not in was),
        changed=tuple(
            page["title"]
            for page in new
            if page["id"] in was and _content(was[page["id"]]) != _content(page)
        ),
        removed=tuple(page["title"] for page in old if page["id"] not in now),
        moved=[page["id"] for page in old if page["id"] in now]
        != [page["id"] for page in new if page["id"] in was],
    )


def _pages(outline: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    diagnostic = outline.get("diagnostic")
    pages = [page for module in outline["modules"] for page in module["pages"]]
    return pages + ([diagnostic["page"]] if diagnostic else [])


def _content(page: Mapping[str, Any]) -> tuple[Any, ...]:
    return page["title"], page["type"], page["body_hash"]


# ------------------------------------------------------------------------------- where people stop


@dataclass(frozen=True)
class Step:
    """A page with how many enrolments have opened and how many have completed it."""

    page_id: str
    title: str
    type: str
    position: int
    visited: int
    completed: int


def steepest(steps: Sequence[Step]) -> tuple[Step, Step] | None:
    """The two neighbours between which most people were lost; the earlier pair where two are
    alike. None where nobody was lost."""
    pairs = list(pairwise(steps))
    if not pairs:
        return None
    worst = max(pairs, key=lambda pair: pair[0].visited - pair[1].visited)
    return worst if worst[0].visited > worst[1].visited else None


# ---------------------------------------------------------------------------------- questions


@dataclass(frozen=True)
class QuestionRow:
    """How one question fared. `mean_share` 0 to 1, None while nothing of it is graded."""

    title: str
    type: str  # empty where the present edition does not ask it
    asked: int
    answered: int
    right: int
    graded: int
    mean_share: Decimal | None


def hardest_first(rows: Iterable[QuestionRow]) -> list[QuestionRow]:
    """By mean share of the points, lowest first; alike: the one asked more often first.

    What nobody has a grade for comes last: not measured is not the same as hard.
    """
    return sorted(
        rows,
        key=lambda row: (row.mean_share is None, row.mean_share or Decimal(), -row.asked),
    )
