"""When an attempt ends, and what is still taken after it."""

from datetime import datetime, timedelta
from enum import StrEnum

# A form sent in the last second may need this long over a weak line.
GRACE = timedelta(seconds=60)


class Acceptance(StrEnum):
    """What happens to an answer that arrives now."""

    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


def deadline(
    started_at: datetime, time_limit: int | None, extra_minutes: int = 0
) -> datetime | None:
    """The end of an attempt; `time_limit` and `extra_minutes` in minutes. None without a limit."""
    if time_limit is None:
        return None
    return started_at + timedelta(minutes=time_limit + extra_minutes)


def accepts(at: datetime, deadline: datetime | None) -> Acceptance:
    """`open` up to the deadline, `late` (taken and marked) for 60 s more, then `closed`."""
    if deadline is None or at <= deadline:
        return Acceptance.OPEN
    return Acceptance.LATE if at <= deadline + GRACE else Acceptance.CLOSED
