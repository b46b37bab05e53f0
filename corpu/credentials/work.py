"""What the background worker does for this room."""

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from corpu.credentials import closing, documents, outside, service, signatures, statement_documents
from corpu.hours import checks
from corpu.jobs import every_tick, handles


def wire() -> None:
    """Tell the worker its jobs and ticks."""
    handles(service.RENDER, documents.keep_drawn, prepare=_draw)
    handles(service.RETRY, service.retry_job)
    handles(closing.CLOSE, closing.close_job)
    handles(closing.RENDER, statement_documents.keep_drawn, prepare=_draw_statement)
    handles(signatures.SIGN_OLDER, signatures.sign_older_job)
    handles(checks.CHECK, outside.keep, prepare=outside.look)
    every_tick(service.retry_tick)
    every_tick(signatures.plan_older)


def _draw(session: Session, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    return documents.draw_ahead(session, current_app.extensions["storage"], payload, at)


def _draw_statement(session: Session, payload: dict[str, Any], at: datetime) -> dict[str, Any]:
    storage = current_app.extensions["storage"]
    return statement_documents.draw_ahead(session, storage, payload, at)
