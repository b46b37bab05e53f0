"""Signing itself: by the background worker where the key opens without a person, else by a thread
of the process in which a passphrase was entered.

A passphrase is handed over to nobody: not to another process, not to a job, not to a file. The
process that took it signs that batch and forgets it; when that process ends first, however it
ends, what is left waits until somebody enters it again.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy.orm import Session

from corpu import clock
from corpu.credentials import documents
from corpu.credentials.documents import Storage
from corpu.errors import DomainError
from corpu.esign import turns
from corpu.esign.models import Problem
from corpu.esign.rules import LONGEST_RUN
from corpu.esign.signers import ENDING, NotSigned, Secret, Signed, Signer, asks, signer_of
from corpu.esign.turns import Claimed, Outcome
from corpu.extensions import db
from corpu.jobs import enqueue, every_tick, handles
from corpu.transactions import unit_of_work

if TYPE_CHECKING:
    from config import Esign

log = logging.getLogger(__name__)

BUDGET = 5.0  # seconds after which a job takes no further document
LONGEST_NAP = 5.0  # seconds between looks at what is due again


def wire() -> None:
    """Tell the worker its job and its tick."""
    handles(turns.SIGN, go_on, prepare=sign)
    every_tick(plan)


def settings() -> "Esign":
    """Who signs at this installation."""
    return current_app.config["SETTINGS"].esign


def is_ready() -> bool:
    """Whether the worker may sign without anybody entering anything."""
    return not settings().missing and not asks(settings())


# ------------------------------------------------------------------- by the background worker


def plan(session: Session, at: datetime) -> None:
    """Ask for the job where something is due; never where a person has to be asked."""
    if is_ready():
        turns.plan(session, at)


def sign(session: Session, _payload: dict[str, Any], _at: datetime) -> dict[str, Any]:
    """The job's work, outside any transaction."""
    if is_ready():
        pen = _Pen(settings(), Secret())
        until = time.monotonic() + BUDGET
        storage = current_app.extensions["storage"]
        while (
            sign_next(session, storage, pen, run_id=None, now=clock.now) is not None
            and time.monotonic() < until
        ):
            pass
    return {}


def go_on(session: Session, _payload: dict[str, Any], at: datetime) -> None:
    """The job's transaction: where something is left, another job comes after what waits."""
    if is_ready() and turns.has_due(session, at):
        enqueue(session, turns.SIGN, {}, at=at)


# ------------------------------------------------------- by the process that took a passphrase


def start_run(app: Flask, run_id: UUID, secret: Secret) -> threading.Thread:
    """Sign the documents of a run beside the pages, in a thread that ends with them."""
    thread = threading.Thread(
        target=carry_out_run, args=(app, run_id, secret), name="signing", daemon=True
    )
    thread.start()
    return thread


def carry_out_run(
    app: Flask,
    run_id: UUID,
    secret: Secret,
    *,
    nap: Callable[[float], object] = time.sleep,
) -> None:
    """All documents of a run, with pauses as long as a service does not answer. Ends with the
    last one, at a problem that the next one would have too, or when the time is over."""
    with app.app_context():
        session, problem = db.session(), None
        try:
            pen = _Pen(settings(), secret)
            until = clock.now() + LONGEST_RUN
            storage = app.extensions["storage"]
            while clock.now() < until:
                outcome = sign_next(session, storage, pen, run_id=run_id, now=clock.now)
                if outcome is not None and outcome.problem in ENDING:
                    problem = outcome.problem
                    break
                if outcome is None:
                    with unit_of_work(session):
                        due = turns.next_due(session, run_id)
                        turns.beat(session, run_id, clock.now())
                    if due is None:
                        break
                    nap(min(LONGEST_NAP, max(0.1, (due - clock.now()).total_seconds())))
        except Exception:
            log.exception("a signing run was given up")
            problem = Problem.FAULT
        finally:
            with unit_of_work(session):
                turns.end(session, run_id, problem, at=clock.now())
            db.session.remove()


class _Pen:
    """The signer, opened at the first document and kept for the others."""

    def __init__(self, settings: "Esign", secret: Secret) -> None:
        self.settings, self._secret = settings, secret
        self._signer: Signer | None = None

    def sign(self, data: bytes, claimed: Claimed) -> Signed:
        if self._signer is None:
            self._signer = signer_of(self.settings, self._secret)
        return self._signer.sign(data, claimed.note)


# ---------------------------------------------------------------------------------- one of them


def sign_next(
    session: Session,
    storage: Storage,
    pen: _Pen,
    *,
    run_id: UUID | None,
    now: Callable[[], datetime],
) -> Outcome | None:
    """Take one document, let it be signed, keep what came of it; None where there was none."""
    with unit_of_work(session):
        claimed = turns.claim(session, run_id=run_id, at=now())
    if claimed is None:
        return None
    outcome = _carry_out(session, storage, pen, claimed)
    with unit_of_work(session):
        turns.settle(session, claimed, outcome, at=now())
    return outcome


def _carry_out(session: Session, storage: Storage, pen: _Pen, claimed: Claimed) -> Outcome:
    if claimed.is_revoked:
        return Outcome(problem=Problem.REVOKED)
    if claimed.is_example and pen.settings.signer == "bsre" and not pen.settings.is_local:
        return Outcome(problem=Problem.EXAMPLE)
    try:
        data = documents.to_sign(session, storage, claimed.certificate_id)
    except (DomainError, OSError):
        return Outcome(problem=Problem.NO_DOCUMENT)
    try:
        signed = pen.sign(data, claimed)
        return Outcome(storage.put(signed.data), signed.signer, signed.remote_id)
    except NotSigned as refusal:
        return Outcome(problem=refusal.problem, detail=refusal.detail)
    except OSError as full:
        log.error("signed bytes could not be kept: %s", full)
        return Outcome(problem=Problem.NO_SPACE)
    except Exception as fault:
        # Its kind only: what it holds may be what was entered.
        log.error("a document was not signed by a fault of ours: %s", type(fault).__name__)
        return Outcome(problem=Problem.FAULT)
