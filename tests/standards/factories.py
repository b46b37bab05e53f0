"""A dictionary of the agency with two technical competencies, and standards that use them."""

from datetime import date

from corpu import clock
from corpu.database import uuid7
from corpu.standards import drafts, posts, service
from corpu.standards.posts import Asked
from corpu.standards.rules import Entry, Kind, LevelText

BASIS, REASON = "Peraturan Gubernur 12/2026", "Standar baru untuk tugas data"
DAY = date(2026, 11, 1)
TODAY = date(2026, 11, 24)


def level(text, *seen):
    return LevelText(text, "", seen or (f"Terlihat: {text}",), ())


def entry(code="DAT", name="Pengelolaan Data", **more):
    return Entry(
        code,
        name,
        more.pop("name_en", "Data Management"),
        more.pop("definition", f"Apa artinya {name}."),
        levels=more.pop(
            "levels", tuple(level(f"{name} pada tingkat {number}") for number in range(1, 6))
        ),
    )


def make_framework(session, agency, code="TIK", name="Kamus Teknis TIK", kind=Kind.TECHNICAL):
    return service.create_framework(
        session, agency.id, code=code, name=name, kind=kind, by=None, at=clock.now()
    )


def draft_with(session, agency, framework, *entries):
    """The draft's edits once it says just this."""
    draft = service.start_draft(session, agency.id, framework.id, by=None, at=clock.now())
    return service.replace_entries(
        session, agency.id, framework.id, entries, seen=draft.edits, by=None, at=clock.now()
    ).edits


def publish(session, agency, framework, seen, starts_on=DAY, today=TODAY):
    return service.publish(
        session,
        agency.id,
        framework.id,
        starts_on=starts_on,
        legal_basis=BASIS,
        reason=REASON,
        seen=seen,
        today=today,
        by=None,
        at=clock.now(),
    )


def published(session, agency, *entries, starts_on=DAY, **more):
    """A framework with one version in force."""
    framework = make_framework(session, agency, **more)
    entries = entries or (entry(), entry("JAR", "Jaringan Komputer"))
    publish(session, agency, framework, draft_with(session, agency, framework, *entries), starts_on)
    return framework


def require(session, agency, levels, starts_on=DAY, post_type="JF_PT", title="", unit_id=None):
    return posts.set_standards(
        session,
        agency.id,
        [Asked(post_type, levels, title, unit_id)],
        starts_on=starts_on,
        legal_basis=BASIS,
        reason=REASON,
        by=None,
        at=clock.now(),
    )[0]


def draft_standard(session, agency, *asked, starts_on=TODAY, draft_id=None, seen=None):
    """A draft of standards that nobody has published."""
    return drafts.save_draft(
        session,
        agency.id,
        draft_id or uuid7(),
        asked,
        starts_on=starts_on,
        seen=seen,
        by=None,
        at=clock.now(),
    )
