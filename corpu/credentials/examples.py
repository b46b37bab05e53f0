"""A made-up certificate, to look at a template before anybody has one: it says CONTOH."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from corpu import vocabulary
from corpu.addresses import absolute
from corpu.credentials.arrangements import Arrangement
from corpu.credentials.designs import Band, Design, Registration, printed
from corpu.credentials.facts import Issuing
from corpu.credentials.rules import NumberTemplateError, format_code, render_number
from corpu.credentials.snapshot import GoalTile, Signatory, Snapshot, snapshot
from corpu.zones import local_date, zone_label

CODE = "C0NT0H0000000000"
UNSET = "–"  # in the place of what is not written yet
GOALS = (6, 17)


def example(
    arrangement: Arrangement, issuing: Issuing, design: Design, kind: str, *, at: Any
) -> Snapshot:
    """A certificate of a person who does not exist, by this design and with the number, place
    and signatory of the issuing unit. What is not written yet is a dash. Raises UnprintableText.
    """
    drawn = _spelt_out(design)
    signers = tuple(
        replace(one, name=one.name or UNSET, post=one.post or UNSET)
        for one in arrangement.signers(issuing.signatory)
    )
    day = local_date(at, issuing.timezone)
    first = signers[0] if signers else None
    highest: Band | None = max(drawn.bands, key=lambda one: one.above, default=None)
    return snapshot(
        kind=kind,
        number=_number(arrangement, issuing, day),
        code=CODE,
        title=drawn.title,
        prefix="Dr.",
        name="Nama Peserta Contoh",
        suffix="S.Sos., M.Si.",
        nip="199001012015011001",
        post="Analis Kebijakan Ahli Muda",
        unit="Bidang Perencanaan",
        agency="Perangkat Daerah Contoh",
        issuer=issuing.unit_name,
        course_title="Air Bersih dan Sanitasi untuk Semua",
        course_slug="contoh",
        edition=1,
        jp=Decimal(20),
        started_on=day - timedelta(days=14),
        completed_on=day,
        issued_on=day,
        place=arrangement.place(issuing.place).strip() or UNSET,
        signatory=Signatory(first.name, first.nip, first.post, first.rank)
        if first
        else Signatory("", "", "", ""),
        modules=[("Air, hak setiap orang", 300), ("Membaca data", 300), ("Merancang", 300)],
        goals=[_tile(number) for number in GOALS],
        verify_url=absolute(f"/verify/{format_code(CODE)}"),
        zone=zone_label(issuing.timezone),
        demo=True,
        design=printed(
            drawn,
            template=UNSET,
            version=1,
            signatories=signers,
            score=highest.above + Decimal("0.01") if highest else None,
            registration="" if drawn.registration is Registration.NEVER else "KRA-CONTOH-01",
        ),
    )


def _spelt_out(design: Design) -> Design:
    return replace(
        design,
        title=design.title.strip() or UNSET,
        title_en=design.title_en.strip() or UNSET,
        opening=design.opening.strip() or UNSET,
        opening_en=design.opening_en.strip() or UNSET,
        statement=design.statement.strip() or UNSET,
        statement_en=design.statement_en.strip() or UNSET,
    )


def _number(arrangement: Arrangement, issuing: Issuing, day: Any) -> str:
    try:
        return render_number(
            arrangement.number_template or issuing.number_template,
            seq=1,
            klasifikasi=issuing.classification,
            unit=issuing.unit_token,
            program="TEKNIS",
            angkatan="",
            month=day.month,
            year=day.year,
        )
    except NumberTemplateError:
        return UNSET


def _tile(number: int) -> GoalTile:
    goal = vocabulary.goals()[number]
    return GoalTile(number, goal["title_id"], goal["hex"], goal["text_on_colour"])
