"""`flask seed demo`: the whole demo, once; a second time adds nothing."""

import random as randomness
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu.catalog import service as catalog
from corpu.catalog.models import Edition
from corpu.catalog.publishing import vocabulary_with
from corpu.content import check_courses, read_course
from corpu.credentials.models import Issuer
from corpu.demo import (
    acting,
    batches,
    cast,
    certificates,
    diagnostics,
    documents,
    dossiers,
    elsewhere,
    esign,
    evaluations,
    evidence,
    keys,
    plans,
    proven,
    siasn,
    standards,
    templates,
    year,
)
from corpu.errors import N_, RuleBroken
from corpu.installation import Installation, Origin
from corpu.people import service as people
from corpu.people.models import Account, Agency, Person, Unit
from corpu.people.passwords import hash_password
from corpu.permissions import Role
from corpu.storage import FolderStorage
from corpu.transactions import unit_of_work
from corpu.vocabulary import competencies, required_level

COURSES = Path(__file__).parents[2] / "content" / "courses"
PLANS = (  # which courses a person takes, and when they begin: days before the present
    (("dasar-sdgs", 330), ("pelayanan-tanpa-korupsi", 190), ("air-bersih-untuk-semua", 60)),
    (("dasar-sdgs", 250), ("air-bersih-untuk-semua", 35)),
    (("pelayanan-tanpa-korupsi", 300), ("dasar-sdgs", 14)),
    (("pelayanan-tanpa-korupsi", 120),),
    (("air-bersih-untuk-semua", 200), ("pelayanan-tanpa-korupsi", 9)),
    (("dasar-sdgs", 22),),
    (),
)


class NotEmpty(RuleBroken):
    message = N_(
        "Basis data ini sudah berisi instalasi sungguhan; data peragaan tidak ditambahkan ke sana."
    )


def seed(
    session: Session,
    storage: FolderStorage,
    *,
    as_of: datetime,
    say: Callable[[str], None] = lambda _line: None,
) -> bool:
    """Fill an empty database with one believable agency and its year up to `as_of`.

    Repeatable: where the demo stands already, only courses that changed are published
    again, and it answers False. Refuses a real installation.
    """
    with unit_of_work(session):
        installation = session.get(Installation, 1)
        if installation is not None and installation.origin is not Origin.DEMO:
            raise NotEmpty
        if installation is None and session.scalar(select(func.count()).select_from(Agency)):
            raise NotEmpty
        if installation is not None:
            _publish(session, storage, as_of)
            return False
        # One transaction: an interrupted seed leaves nothing, and is simply begun again.
        random = randomness.Random(20261124)
        began = as_of - timedelta(days=400)
        session.add(Installation(id=1, origin=Origin.DEMO, created_at=as_of))
        say(N_("Menyiapkan unit dan pegawai…"))
        units = _make_agency(session, began)
        keys.begin(session, began)
        persons = _make_people(session, units, began, random)
        standards.set_up(session, persons, began + timedelta(days=2))
        say(N_("Menerbitkan kursus…"))
        _publish(session, storage, began + timedelta(days=3))
        say(N_("Menjalani satu tahun belajar…"))
        _live(session, persons, as_of, random)
        year.live(elsewhere.stories(session, storage, persons, as_of))
        acting.set_up(session, persons, as_of)
        elsewhere.close_last_year(session, storage, persons, as_of)
        evidence.tell(session, persons, as_of)
        evaluations.evaluate(session, persons, as_of)
        documents.set_up(session, storage, persons, as_of)
        certificates.tell(session, persons, as_of)
        keys.end_the_year(session, as_of)
        proven.claim(session, storage, persons, as_of)
        siasn.live(session, persons, as_of)
        batches.look(session, persons, as_of)
        esign.live(session, persons, as_of)
    return True


def _make_agency(session: Session, at: datetime) -> dict[str, Unit]:
    session.add(
        Agency(
            name=cast.AGENCY,
            short_name=cast.AGENCY_SHORT,
            region_code=cast.REGION,
            timezone=cast.ZONE,
            created_at=at,
        )
    )
    session.flush()
    units: dict[str, Unit] = {}
    for code, (name, above, _task) in cast.UNITS.items():
        parent = units[above].id if above else None
        units[code] = people.create_unit(
            session, code=code, name=name, parent_id=parent, by=None, at=at
        )
    head = cast.NAMES["BPSDM"][0]
    session.add(
        Issuer(
            unit_id=units["BPSDM"].id,
            place="Surabaya",
            signatory_name=f"{head[0]} {head[1]}, {head[2]}".strip(),
            signatory_nip="",
            signatory_post="Kepala " + cast.UNITS["BPSDM"][0],
            signatory_rank="Pembina Utama Muda",
            number_template="{klasifikasi}/{seq:5}/{unit}/{bulan_romawi}/{tahun}",
            classification="800.2",
            unit_token="BPSDM",
            changed_at=at,
        )
    )
    session.flush()
    return units


def _make_people(
    session: Session, units: dict[str, Unit], at: datetime, random: randomness.Random
) -> dict[tuple[str, int], UUID]:
    persons: dict[tuple[str, int], UUID] = {}
    hashed = hash_password(cast.PASSWORD)
    for code, names in cast.NAMES.items():
        unit_name, _above, task = cast.UNITS[code]
        for place, (before, name, after) in enumerate(names):
            post = cast.PLACES[place]
            person = people.create_person(
                session,
                name=name,
                title_before=before,
                title_after=after,
                nip=cast.number_for(code, place),
                email=cast.email_for(name),
                by=None,
                at=at,
            )
            people.set_posting(
                session,
                person.id,
                unit_id=units[code].id,
                title=post.title.format(unit=unit_name, task=task),
                post_type=post.post_type,
                grade=post.grade,
                started_on=_day(at) - timedelta(days=random.randint(200, 1500)),
                by=None,
                at=at,
            )
            session.get_one(Account, person.id).password_hash = hashed
            persons[code, place] = person.id
    for code in cast.NAMES:
        for place, post in enumerate(cast.PLACES):
            above = (code, post.above) if post.above is not None else cast.HEADS_ABOVE.get(code)
            if above is not None:
                people.set_supervisor(
                    session,
                    persons[code, place],
                    persons[above],
                    started_on=_day(at) - timedelta(days=180),
                    by=None,
                    at=at,
                )
    _sign_as_head(session, persons)
    for who, role, unit in (
        (cast.INSTRUCTOR, Role.INSTRUCTOR, None),
        (cast.SECOND_INSTRUCTOR, Role.INSTRUCTOR, None),
        (cast.MANAGER, Role.MANAGER, None),
        (cast.UNIT_MANAGER, Role.MANAGER, units["DINKES"].id),
    ):
        people.assign_role(
            session, persons[who], role, unit_id=unit, started_on=_day(at), by=None, at=at
        )
    return persons


def _sign_as_head(session: Session, persons: dict[tuple[str, int], UUID]) -> None:
    issuer = session.scalars(select(Issuer)).one()
    issuer.signatory_nip = session.get_one(Person, persons["BPSDM", 0]).nip or ""
    session.flush()


def _publish(session: Session, storage: FolderStorage, at: datetime) -> None:
    sources = [read_course(folder) for folder in sorted(COURSES.iterdir()) if folder.is_dir()]
    published = set(session.scalars(select(Edition.source_hash).where(Edition.is_current)))
    if all(source.source_hash in published for source in sources):
        return  # nothing to compile: the second `make run` is quick
    compiled = check_courses(sources, vocabulary_with(session))
    owner = session.scalars(select(Issuer.unit_id)).one()  # who owns a course issues for it
    for source, one in zip(sources, compiled, strict=True):
        if one.course is None:
            raise RuntimeError(f"{source.slug}: " + "; ".join(p.text() for p in one.errors))
        by = session.scalar(select(Person.id).filter_by(nip=cast.INSTRUCTOR_NIP))
        catalog.publish(
            session,
            storage,
            one.course,
            source,
            at=at,
            by=by,
            owner_unit_id=owner,
            problems=one.problems,
        )


def _live(
    session: Session,
    persons: dict[tuple[str, int], UUID],
    as_of: datetime,
    random: randomness.Random,
) -> None:
    stories: list[year.Story] = []
    for index, (key, person_id) in enumerate(persons.items()):
        if key == cast.INSTRUCTOR:
            continue
        learner = year.Learner(person_id, random.uniform(0.72, 0.97), random.uniform(0.975, 1.0))
        plan = PLANS[(index * 3 + index // 10) % len(PLANS)]
        if key == cast.LEARNER:
            learner, plan = year.Learner(person_id, 0.93, 1.0), cast.LEARNERS_PLAN
        for slug, days in plan:
            if key == cast.LEARNER and days < 10:  # the demo's learner is in the middle of one
                learner = replace(learner, rests_after=6)
            start = as_of - timedelta(
                days=max(1, days + random.randint(-8, 8) * (days > 10)),
                minutes=random.randint(60, 600),
            )
            stories.append(year.take_course(session, learner, slug, start, as_of, random))
    stories.append(
        year.grade_weekly(
            session,
            persons[cast.INSTRUCTOR],
            start=as_of - timedelta(days=340),
            until=as_of - timedelta(days=9),
            random=random,
        )
    )
    stories += _ratings(session, persons, as_of, random)
    stories += dossiers.kept(session, persons, as_of)
    stories += plans.stories(session, persons, as_of)
    stories += diagnostics.stories(session, persons, as_of)
    stories.append(evidence.rule_story(session, persons, as_of))
    stories.append(standards.story(session, persons, as_of))
    stories.append(templates.story(session, persons, as_of))
    stories.append(certificates.validity_story(session, persons, as_of))
    stories.append(batches.story(session, persons, as_of))
    year.live(stories)


def _ratings(
    session: Session,
    persons: dict[tuple[str, int], UUID],
    as_of: datetime,
    random: randomness.Random,
) -> list[year.Story]:
    """Each supervisor rates most of their direct people within the year."""
    codes = list(competencies())
    stories = []
    for code in cast.NAMES:
        for place, post in enumerate(cast.PLACES):
            if post.above is None or random.random() < 0.2:
                continue
            need = required_level(post.post_type)
            levels = {
                competency: max(1, min(5, need + random.choice((-1, 0, 0, 0, 1))))
                for competency in sorted(random.sample(codes, random.randint(3, 9)))
            }
            stories.append(
                year.rate_person(
                    session,
                    persons[code, post.above],
                    persons[code, place],
                    levels,
                    at=as_of - timedelta(days=random.randint(2, 330), hours=random.randint(1, 8)),
                    random=random,
                )
            )
    return stories


def accounts(session: Session) -> list[tuple[str, str, str]]:
    """(role, name, NIP) of the people whom the sign-in page offers."""
    rows = []
    for role, (unit, place) in (
        (N_("Peserta"), cast.LEARNER),
        (N_("Pengajar"), cast.INSTRUCTOR),
        (N_("Atasan"), cast.SUPERVISOR),
        (N_("Pengelola"), cast.MANAGER),
    ):
        name = cast.NAMES[unit][place][1]
        person = session.scalars(select(Person).filter_by(name=name)).first()
        if person is not None:
            rows.append((role, person.full_name, person.nip or ""))
    return rows


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
