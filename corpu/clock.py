"""The only clock: everything else is handed the moment as `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
