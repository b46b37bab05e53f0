"""The demo brought into every state that a page can show: running, waiting, refused, empty."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, func, select

from corpu import clock
from corpu.assessment import service as assessment
from corpu.assessment.models import Attempt, AttemptState
from corpu.catalog.models import Course
from corpu.credentials import revoking
from corpu.credentials.batch_models import BatchState, CertificateBatch
from corpu.credentials.life import Asked, Wished
from corpu.credentials.life_models import CorrectionWish, Proposal
from corpu.credentials.models import Certificate
from corpu.demo import cast
from corpu.demo.proven import PROVEN, TITLE
from corpu.extensions import db
from corpu.hours.models import LearningClaim, State
from corpu.ipasn.models import EntryKind, IpasnEntry
from corpu.learning import service as learning
from corpu.learning.models import Completion, Enrolment
from corpu.models import people as tables
from corpu.people import service as people
from corpu.permissions import Role
from corpu.siasn.models import SiasnRecord
from corpu.siasn.models import State as Sending
from corpu.transactions import unit_of_work
from tests.browser import world

TEXT = "Loket buka Senin sampai Jumat, pukul 08.00 sampai 15.00."


@dataclass(frozen=True)
class Scene:
    """Identifiers of what the pages are about."""

    learner: UUID
    holder: UUID
    newcomer: UUID
    supervisor: UUID
    head: UUID
    instructor: UUID
    idle_instructor: UUID
    manager: UUID
    unit_manager: UUID
    running: Attempt
    failed: Attempt
    waiting: Attempt
    graded: Attempt
    certificate: Certificate
    revoked: Certificate
    finished: dict[str, UUID]  # course → somebody who has completed it: nothing is locked
    token: str
    unit: UUID
    lone_unit: UUID
    inactive: UUID
    supervision: UUID
    role: UUID
    ipasn_entry: UUID
    claims: dict[State, UUID]  # of the learner, one in each state
    late: UUID  # a claim of the learner for a year that was closed before
    double: UUID  # a claim of the learner that may be the same as another
    asked_for: UUID  # a revocation that the manager may agree to
    wish: UUID  # a holder's, for a correction
    proven: UUID  # a claim that a certificate of another agency proves
    failed_at_siasn: UUID  # a certificate that did not get there
    batch: CertificateBatch  # that is looked at before anything is issued


def set_up(app) -> Scene:
    """Make what the demo lacks, through the same services, and gather what there is."""
    now = clock.now()
    with app.app_context():
        with unit_of_work(db.session()) as session:
            session.expire_on_commit = False
            found = _make(session, now)
        db.session.remove()
    return found


def _make(session, now) -> Scene:
    def who(place):
        return session.scalars(
            select(tables.Person.id).filter_by(name=cast.NAMES[place[0]][place[1]][1])
        ).one()

    learner, manager = who(cast.LEARNER), who(cast.MANAGER)
    newcomer = session.scalars(
        select(tables.Person.id)
        .where(
            ~exists().where(Enrolment.person_id == tables.Person.id),
            ~exists().where(tables.RoleAssignment.person_id == tables.Person.id),
            ~exists().where(tables.Supervision.supervisor_id == tables.Person.id),
        )
        .order_by(tables.Person.id)
    ).first()
    learning.enrol(session, learner, world.SHORT, at=now)
    learning.enrol(session, learner, world.ESSAY, at=now)
    for page, check, chosen in (("salam", "cek-salam", [0]), ("dengar", "cek-dengar", [0, 1])):
        learning.answer_check(session, learner, world.SHORT, page, check, chosen, at=now)
        learning.complete_page(session, learner, world.SHORT, page, at=now)
    failed = assessment.start(session, learner, world.SHORT, "kuis-loket", at=now)
    assessment.submit(session, learner, failed.id, at=now)
    running = assessment.start(session, learner, world.SHORT, "kuis-loket", at=now)
    waiting = assessment.start(session, learner, world.ESSAY, "latihan-surat", at=now)
    assessment.save_answer(session, learner, waiting.id, "ulang", TEXT, 1, in_doubt=False, at=now)
    assessment.submit(session, learner, waiting.id, at=now)
    graded = session.scalars(
        select(Attempt)
        .where(Attempt.page_id == "kuis-unit", Attempt.state == AttemptState.GRADED)
        .order_by(Attempt.id)
    ).first()
    holder = session.scalars(  # somebody with a certificate to keep and one to lose
        select(Certificate.person_id)
        .group_by(Certificate.person_id)
        .having(func.count() > 1, func.count(Certificate.superseded_at) == 0)
        .order_by(Certificate.person_id)
    ).first()
    mine = session.scalars(
        select(Certificate).where(Certificate.person_id == holder).order_by(Certificate.issued_at)
    ).all()
    finished = session.execute(
        select(Course.slug, Completion.person_id)
        .join(Completion, Completion.course_id == Course.id)
        .order_by(Completion.person_id)
    ).all()
    revoking.revoke(
        session,
        mine[0].id,
        by=manager,
        by_name="Siti Maesaroh",
        revocation_class="identity",
        reason="Terbit atas nama yang keliru.",
        at=now,
    )
    token = people.make_sign_in_link(session, newcomer, by=None, at=now)
    lone = people.create_unit(session, code="ARSIP", name="Unit Lama", by=None, at=now)
    gone = people.create_person(
        session,
        name="Pensiunan Uji",
        nip="196611011990011998",
        email="pensiunan@jatim.example",
        by=None,
        at=now - timedelta(days=2),
    )
    people.deactivate(session, gone.id, reason="Pensiun.", by=None, at=now)
    claims = session.scalars(
        select(LearningClaim).filter_by(person_id=learner).order_by(LearningClaim.claimed_at)
    ).all()
    failed_there = select(SiasnRecord.certificate_id).filter_by(state=Sending.FAILED)
    asked_for = select(Proposal.id).filter_by(state=Asked.WAITING, asked_by=None)
    wish = select(CorrectionWish.id).filter_by(state=Wished.WAITING)
    return Scene(
        asked_for=session.scalars(asked_for).one(),
        wish=session.scalars(wish).one(),
        batch=session.scalars(select(CertificateBatch).filter_by(state=BatchState.DRAFT)).one(),
        failed_at_siasn=session.scalars(failed_there.order_by(SiasnRecord.id)).first(),
        claims={one.state: one.id for one in claims},
        late=min(claims, key=lambda one: (one.year, -one.ended_on.toordinal())).id,
        double=next(one.id for one in claims if one.state is State.CLAIMED),
        proven=session.scalars(
            select(LearningClaim.id)
            .filter_by(person_id=who(PROVEN))
            .where(LearningClaim.title == TITLE)
        ).one(),
        learner=learner,
        holder=holder,
        newcomer=newcomer,
        supervisor=who(cast.SUPERVISOR),
        head=who(("DPRKPCK", 0)),
        instructor=who(cast.INSTRUCTOR),
        idle_instructor=who(cast.SECOND_INSTRUCTOR),
        manager=manager,
        unit_manager=who(cast.UNIT_MANAGER),
        running=running,
        failed=failed,
        waiting=waiting,
        graded=graded,
        certificate=mine[-1],
        revoked=mine[0],
        finished=dict(tuple(row) for row in finished),
        token=token,
        unit=session.scalars(select(tables.Unit.id).filter_by(code="BPSDM")).one(),
        lone_unit=lone.id,
        inactive=gone.id,
        supervision=session.scalars(
            select(tables.Supervision.id).where(tables.Supervision.person_id == learner)
        ).first(),
        role=session.scalars(
            select(tables.RoleAssignment.id).where(
                tables.RoleAssignment.role == Role.INSTRUCTOR,
                tables.RoleAssignment.person_id == who(cast.SECOND_INSTRUCTOR),
            )
        ).first(),
        ipasn_entry=session.scalars(
            select(IpasnEntry.id).filter_by(person_id=learner, kind=EntryKind.EDUCATION)
        ).one(),
    )
