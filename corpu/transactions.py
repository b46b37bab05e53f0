"""The one place that commits, and the queue of what must wait for it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy.orm import Session

from corpu.database import patience, writing

log = logging.getLogger(__name__)
Effect = Callable[[], None]
_waiting: ContextVar[list[Effect]] = ContextVar("effects waiting for the commit")


def after_commit(effect: Effect) -> None:
    """Hold back what cannot be undone until the data is safe."""
    _waiting.get().append(effect)


@contextmanager
def held_effects() -> Iterator[list[Effect]]:
    token = _waiting.set([])
    try:
        yield _waiting.get()
    finally:
        _waiting.reset(token)


@contextmanager
def unit_of_work(session: Session, *, wait: float | None = None) -> Iterator[Session]:
    """Everything inside succeeds together or leaves no trace.

    What the session had read before is let go first, so that the unit decides on
    fresh rows under its own lock. `wait` (seconds) bounds the time spent waiting for
    a lock, for writes that a page can do without.
    """
    session.close()
    tokens = writing.set(True), patience.set(wait)
    try:
        with held_effects() as effects:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise
    finally:
        writing.reset(tokens[0])
        patience.reset(tokens[1])
    for effect in effects:
        try:
            effect()
        except Exception:
            log.exception("the data is saved, but %r failed", effect)
