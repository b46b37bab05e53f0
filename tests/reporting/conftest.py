from datetime import date
from types import SimpleNamespace

import pytest

from tests.factories import make_person, make_unit
from tests.reporting.world import complete, day, enrol, make_course, move


@pytest.fixture
def province(session, app, agency):
    """Two units below one, two courses that share goal 16, and Sari, who moves in between."""
    top = make_unit(session, name="Provinsi Uji")
    a = make_unit(session, name="Dinas Air", parent=top)
    b = make_unit(session, name="Dinas Kota", parent=top)
    water = make_course(session, app, "air", [6, 16], jp=2, owner_unit_id=top.id)
    town = make_course(session, app, "kota", [11, 16], jp=3, owner_unit_id=top.id)
    mira = make_person(session, name="Mira Lestari", unit=a)
    jonas = make_person(session, name="Jonas Tahitu", unit=b)
    sari = make_person(session, name="Sari Wulandari", unit=a)
    complete(session, enrol(session, mira, "air", day(3)), water, day(3, 20))
    enrol(session, jonas, "air", day(2))
    complete(session, enrol(session, jonas, "kota", day(2)), town, day(6))
    place = enrol(session, sari, "kota", day(2, 10))
    move(session, sari, b, date(2026, 4, 1))
    complete(session, place, town, day(5))
    return SimpleNamespace(
        top=top, a=a, b=b, water=water, town=town, mira=mira, jonas=jonas, sari=sari
    )
