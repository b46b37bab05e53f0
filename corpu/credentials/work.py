"""What the background worker does for this room."""

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from corpu.credentials import (
    batch_files,
    batch_mail,
    batches,
    closing,
    documents,
    expiring,
    outside,
    proposals,
    service,
    signatures,
    statement_documents,
)
from corpu.hours import checks
from corpu.jobs import every_tick, handles


def wire() -> None:
    """Tell the worker its jobs and ticks."""
    handles(service.RENDER, documents.keep_drawn, prepare=_draw)
    handles(service.RENDER_ALL, _keep_all_drawn, prepare=_draw_all)
    handles(batch_files.MAKE, batch_files.keep, prepare=_make_file)
    handles(batch_mail.SEND, batch_mail.keep_on, prepare=_send_letters)
    handles(batches.ISSUE, batches.issue_job)
    handles(service.RETRY, service.retry_job)
    handles(closing.CLOSE, closing.close_job)
    handles(closing.RENDER, statement_documents.keep_drawn, prepare=_draw_statement)
    handles(signatures.SIGN_OLDER, signatures.sign_older_job)
    handles(expiring.DAILY, expiring.remind_job)
    handles(checks.CHECK, outside.keep, prepare=outside.look)
    every_tick(service.retry_tick)
    every_tick(proposals.lapse_due)
    every_tick(expiring.plan_day)
    every_tick(batches.forget)
    every_tick(signatures.plan_older)


def _draw(session: Session, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    return documents.draw_ahead(session, current_app.extensions["storage"], payload, at)


def _draw_all(session: Session, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    return documents.draw_all_ahead(session, current_app.extensions["storage"], payload, at)


def _keep_all_drawn(session: Session, payload: dict[str, Any], at: datetime) -> None:
    for certificate_id in documents.keep_all_drawn(session, payload, at):
        service.ask_to_draw(session, certificate_id, at)


def _make_file(session: Session, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    return batch_files.make(session, current_app.extensions["storage"], payload, at)


def _send_letters(session: Session, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    return batch_mail.send(session, current_app.config["SETTINGS"].smtp, payload, at)


def _draw_statement(session: Session, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    storage = current_app.extensions["storage"]
    return statement_documents.draw_ahead(session, storage, payload, at)
