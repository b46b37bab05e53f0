"""Templates for tests, written through the service; and a person whose post has one."""

from decimal import Decimal

from corpu.plans import taking
from corpu.plans.offers import offered
from corpu.plans.template_rules import Line
from corpu.plans.template_service import Asked, set_templates
from tests.conftest import NOON
from tests.plans.factories import YEAR, version

TODAY = NOON.date()
WHY = "Keputusan Kepala BPSDM 800/12/2026"
COACHING = Line("KOM", "coaching", "Bimbingan menulis telaahan", amount=Decimal(2))
PROJECT = Line("KOM", "project", "Menyusun naskah kebijakan", amount=Decimal("12.5"))
MENTORING = Line("INT", "mentoring", "Mentoring benturan kepentingan", amount=Decimal(1))
BARE = Line("KSM")
LINES = (COACHING, PROJECT, MENTORING, BARE)


def write(session, agency, *lines, post_type="JF_PT", title="", unit=None, at=NOON, **more):
    """A template; the last one of its posts where it says nothing new."""
    days = {"starts_on": TODAY, "ends_on": None} | more
    asked = Asked(post_type, lines or LINES, title, unit and unit.id)
    found = set_templates(session, agency.id, [asked], reason=WHY, by=None, at=at, **days)
    session.commit()
    return found[0] if found else None


def take(session, person, template, *lines, year=YEAR, at=NOON, seen=None):
    lines = lines or offered(session, person.id, year, template.id, at).chosen
    done = taking.take(
        session,
        person.id,
        year,
        template.id,
        lines,
        version=version(session, person, year) if seen is None else seen,
        at=at,
    )
    session.commit()
    return done
