"""What the background worker does for this room: one record after the other, while it may."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from corpu import clock
from corpu.credentials import documents
from corpu.credentials.documents import Storage
from corpu.errors import DomainError
from corpu.jobs import enqueue, every_tick, handles
from corpu.siasn import sending, turns
from corpu.siasn.client import Client, Tokens
from corpu.transactions import unit_of_work

if TYPE_CHECKING:
    from config import Siasn

# Seconds after which a job takes no further record, so that other work comes in between. With
# every question of one more record late, the job still ends within its lease.
BUDGET = 5.0


def wire() -> None:
    """Tell the worker its job and its tick."""
    handles(turns.SEND, go_on, prepare=send)
    every_tick(plan)


def plan(session: Session, at: datetime) -> None:
    """Ask for the job where something is due; never without keys."""
    if not settings().missing:
        turns.plan(session, at)


def send(session: Session, _payload: dict[str, Any], _at: datetime) -> dict[str, Any]:
    """The job's work, outside any transaction: the service may take its time."""
    if settings().missing:
        return {}
    tokens = current_app.extensions.setdefault("siasn_tokens", Tokens())
    storage = current_app.extensions["storage"]
    until = time.monotonic() + BUDGET
    while send_next(session, storage, settings(), tokens, clock.now) and time.monotonic() < until:
        pass
    return {}


def go_on(session: Session, _payload: dict[str, Any], at: datetime) -> None:
    """The job's transaction: where something is left, another job comes after what waits."""
    if not settings().missing and turns.has_due(session, at):
        enqueue(session, turns.SEND, {}, at=at)


def send_next(
    session: Session,
    storage: Storage,
    connection: "Siasn",
    tokens: Tokens,
    now: Callable[[], datetime],
) -> bool:
    """Take one record, carry it out, keep what came of it; answers whether there was one."""
    with unit_of_work(session):
        claimed = turns.claim(session, at=now())
    if claimed is None:
        return False

    def document() -> bytes:
        return _document(session, storage, claimed.certificate_id)

    outcome = sending.carry_out(Client(connection, tokens), claimed.task, document)
    with unit_of_work(session):
        turns.settle(session, claimed, outcome, at=now())
    return True


def _document(session: Session, storage: Storage, certificate_id: UUID) -> bytes:
    try:
        return documents.pdf_of(session, storage, certificate_id)
    except (DomainError, OSError) as error:
        raise sending.NoDocument from error


def settings() -> "Siasn":
    """How this installation reaches SIASN."""
    return current_app.config["SETTINGS"].siasn
