"""Whether an issuing unit wants a second person. Flushes and never commits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials.life import CONSENT_ENDS_AFTER
from corpu.credentials.models import Issuer
from corpu.credentials.revoking import reason_of
from corpu.errors import NotFound
from corpu.identity import Viewer
from corpu.people.models import Unit


def set_consent(
    session: Session,
    unit_id: UUID,
    needed: bool,
    *,
    by: Viewer,
    reason: str,
    at: datetime,
) -> Issuer:
    """Let a second person agree to revocations and corrections of this issuing unit, or no longer.

    Wanting it holds at once; giving it up seven days later, so that nobody switches it off to act
    alone. Saying what is so already changes nothing. Raises NotFound, ReasonMissing.
    """
    issuer = session.scalar(
        select(Issuer)
        .filter_by(unit_id=unit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if issuer is None:
        raise NotFound
    reason = reason_of(reason)
    is_on = issuer.needs_consent and issuer.consent_until is None
    if is_on == needed:
        return issuer
    unit = session.get_one(Unit, unit_id)
    if needed:
        issuer.needs_consent, issuer.consent_until = True, None
    elif issuer.needs_consent and issuer.consent_until is None:
        issuer.consent_until = at + CONSENT_ENDS_AFTER
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="issuer.consent_set",
        subject=("unit", unit.id, unit.name),
        unit_id=unit.id,
        before={"needs_consent": not needed},
        after={"needs_consent": needed}
        | ({} if needed else {"consent_ends_at": (at + CONSENT_ENDS_AFTER).isoformat()}),
        reason=reason,
    )
    return issuer
