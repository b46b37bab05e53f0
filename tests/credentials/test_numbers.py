"""Numbers that were voided stay voided, and every number of a sequence is accounted for."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from corpu.audit import AuditEntry
from corpu.credentials import numbers, revoking, service
from corpu.credentials.kinds import Kind
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.numbers import NumberInUse, SequenceMoved, books, unaccounted
from corpu.credentials.template_models import VoidedNumber
from corpu.errors import NotFound
from corpu.people.rules import InvalidInput
from tests.credentials.world import bpsdm, issue, make_course

KIND = Kind.CERTIFICATE
SAID = {"reason": "Terpakai di buku agenda", "by": None, "by_name": "Siti"}


@pytest.fixture
def issuer(session, agency):
    unit = bpsdm(session)
    return session.scalars(select(Issuer).filter_by(unit_id=unit.id)).one()


@pytest.fixture
def course(session, app, issuer):
    return make_course(session, app, issuer_unit(issuer))


def issuer_unit(issuer):
    class Unit:
        id = issuer.unit_id

    return Unit


def void(session, issuer, *, seen, count=1, at, **changes):
    return numbers.void_next(
        session, issuer.id, KIND, at.year, count=count, last_seen=seen, at=at, **SAID | changes
    )


def test_a_voided_number_is_never_given_again(session, issuer, course, mira, at):
    first = issue(session, mira, course, at)
    assert void(session, issuer, seen=1, count=2, at=at) == [2, 3]
    session.commit()
    later = issue(session, mira, course, at, ordinal=2)
    assert (first.sequence, later.sequence) == (1, 4)
    (book,) = books(session, None)
    assert (book.last, book.issued, len(book.voided), book.missing) == (4, 2, 2, ())
    assert book.is_whole
    entry = session.scalars(select(AuditEntry).filter_by(action="number.voided")).one()
    assert (entry.after["numbers"], entry.reason) == ("2-3", SAID["reason"])


def test_a_revoked_certificate_keeps_its_number(session, issuer, course, mira, at):
    first = issue(session, mira, course, at)
    revoking.revoke(
        session,
        first.id,
        by=None,
        by_name="Siti",
        reason="Keliru",
        revocation_class="other",
        at=at,
    )
    (book,) = books(session, None)
    assert (book.issued, book.revoked, book.is_whole) == (1, 1, True)


def test_the_second_of_two_clicks_voids_nothing(session, issuer, at):
    void(session, issuer, seen=0, at=at)
    session.commit()
    with pytest.raises(SequenceMoved) as refused:
        void(session, issuer, seen=0, at=at)
    assert refused.value.status == 409
    session.rollback()
    assert session.scalar(select(func.count()).select_from(VoidedNumber)) == 1
    assert books(session, None)[0].last == 1, "the number that was tried is given back"


def test_a_number_of_a_cancelled_batch_is_voided_once_and_no_certificate_s_ever(
    session, issuer, course, mira, at
):
    first = issue(session, mira, course, at)
    service.next_number(session, issuer.id, KIND.value, at.year)
    assert books(session, None)[0].missing == (2,), "given, and on no certificate"
    for _ in range(2):
        numbers.void_given(session, issuer.id, KIND, at.year, 2, at=at, **SAID)
    assert books(session, None)[0].is_whole
    with pytest.raises(NumberInUse):
        numbers.void_given(session, issuer.id, KIND, at.year, first.sequence, at=at, **SAID)
    with pytest.raises(NotFound):
        numbers.void_given(session, issuer.id, KIND, at.year, 3, at=at, **SAID)


@pytest.mark.parametrize("change", [{"count": 0}, {"count": 101}, {"reason": " "}])
def test_it_asks_how_many_and_why(session, issuer, at, change):
    with pytest.raises(InvalidInput):
        void(session, issuer, seen=0, at=at, **change)
    with pytest.raises(NotFound):
        void(session, issuer, seen=0, at=at, units=set())


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from("vi"), max_size=5))
def test_issued_and_voided_make_the_whole_sequence(session, issuer, course, mira, at, acts):
    with session.begin_nested() as undone:
        for ordinal, act in enumerate(acts, 1):
            if act == "v":
                void(session, issuer, seen=ordinal - 1, at=at)
            else:
                place = service.next_number(session, issuer.id, KIND.value, at.year)
                assert place == ordinal
                numbers.void_given(session, issuer.id, KIND, at.year, place, at=at, **SAID)
        found = books(session, None)
        assert [book.last for book in found] == ([len(acts)] if acts else [])
        assert all(book.is_whole for book in found)
        undone.rollback()
    session.expire_all()


@given(st.integers(0, 30), st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_what_is_missing_is_what_neither_holds(last, issued, voided):
    missing = unaccounted(last, issued, voided)
    assert set(missing) | ((issued | voided) & set(range(1, last + 1))) == set(range(1, last + 1))
    assert not set(missing) & (issued | voided)


def test_the_certificates_know_nothing_of_it(session, issuer, course, mira, at):
    void(session, issuer, seen=0, at=at)
    made = issue(session, mira, course, at)
    assert made.number.startswith("800.2/00002/")
    assert session.scalar(select(func.count()).select_from(Certificate)) == 1
