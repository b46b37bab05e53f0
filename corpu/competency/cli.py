"""Commands: check the score against examples, and compute every score again."""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import clock
from corpu.competency import ledger, service
from corpu.competency.agency_rule import adopt_rule, rule_at
from corpu.competency.facts import Refused, Rule
from corpu.competency.models import CompetencyScore
from corpu.competency.relations import midnight
from corpu.competency.vectors import check_vectors as differences_in
from corpu.competency.vectors import read_vectors
from corpu.errors import DomainError
from corpu.extensions import db
from corpu.people.models import Agency
from corpu.transactions import unit_of_work

competency_group = AppGroup("competency", help="Skor kompetensi: periksa dan hitung ulang.")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PEOPLE = 50  # in one transaction


@competency_group.command("check-vectors")
@click.argument("file", type=FILE)
def check_vectors(file: Path) -> None:
    """Hitung setiap kasus dalam FILE; sebutkan yang hasilnya berbeda, lalu keluar dengan 1."""
    try:
        cases = read_vectors(file.read_text(encoding="utf-8-sig"))
        differences = differences_in(cases)
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} bukan teks UTF-8.") from None
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    for difference in differences:
        click.echo(str(difference))
    if differences:
        names = {difference.case for difference in differences}
        raise click.ClickException(f"{len(names)} dari {len(cases)} kasus berbeda.")
    click.echo(f"{len(cases)} kasus, semuanya sama.")


@competency_group.command("rule")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False
)
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="Hari mulai berlaku.")
@click.option("--reason", default="", help="Dasar perubahan, misalnya nomor keputusan.")
def rule(file: Path | None, start: datetime | None, reason: str) -> None:
    """Tampilkan aturan skor yang berlaku, atau tetapkan aturan baru dari FILE (JSON)."""
    if file is None:
        in_force = rule_at(db.session(), clock.now())
        shown = in_force.rule if in_force else Rule().to_dict()
        click.echo(json.dumps(shown, indent=2))
        return
    if start is None:
        raise click.UsageError("Sebutkan hari mulai berlaku: --from 2027-01-01.")
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except ValueError as error:
        raise click.ClickException(f"{file} bukan JSON yang benar: {error}") from None
    try:
        with unit_of_work(db.session()) as session:
            zone = session.scalar(select(Agency.timezone).limit(1)) or "Asia/Jakarta"
            adopted = adopt_rule(
                session,
                data,
                valid_from=midnight(start.date(), zone),
                reason=reason,
                by=None,
                at=clock.now(),
            )
            version = adopted.version
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"Aturan versi {version} berlaku sejak {start:%d-%m-%Y}.")


@competency_group.command("recompute")
@click.option("--verify", is_flag=True, help="Hanya bandingkan; keluar dengan 1 bila berbeda.")
def recompute(verify: bool) -> None:
    """Hitung ulang semua skor dari buktinya."""
    session = db.session()
    after: UUID | None = None
    count, differing = 0, 0
    while True:
        if verify:
            pairs, after = service.pairs_after(session, after, limit=PEOPLE)
            for line in _differences(session, pairs):
                differing += 1
                click.echo(line)
            session.close()
        else:
            with unit_of_work(session):
                pairs, after = service.pairs_after(session, after, limit=PEOPLE)
                service.recompute_all(session, pairs, at=clock.now())
        count += len(pairs)
        if after is None:
            break
    if differing:
        raise click.ClickException(f"{differing} dari {count} skor berbeda dari buktinya.")
    click.echo(f"{count} skor, semuanya sama." if verify else f"{count} skor dihitung ulang.")


def _differences(session: Session, pairs: list[tuple[UUID, str]]) -> Iterator[str]:
    """A line for each kept score that is not what its evidence says at this moment.

    One whose due moment has passed is not wrong but waits for the worker; one computed later
    than this moment was computed by a clock that has been set back since.
    """
    at = clock.now()
    people = {person_id for person_id, _ in pairs}
    books = ledger.read(session, people, at) if people else {}
    kept = {
        (row.person_id, row.competency): row
        for row in session.execute(
            select(*CompetencyScore.__table__.c).where(CompetencyScore.person_id.in_(people))
        )
    }
    for person_id, group in groupby(sorted(pairs), key=lambda pair: pair[0]):
        for _, code in group:
            outcome = books[person_id].outcome(code)
            wanted = (outcome.level, outcome.score, outcome.capped)
            row = kept.get((person_id, code))
            if row is not None and row.due_at is not None and row.due_at <= at:
                continue
            if row is not None and row.computed_at > at:
                continue
            found = row and (row.level, row.score, bool(row.is_capped))
            if found != wanted:
                yield f"{person_id} {code}: {_told(found)}, seharusnya {_told(wanted)}"


def _told(result: tuple[object, ...] | None) -> str:
    if result is None:
        return "tidak tersimpan"
    level, score, capped = result
    if level is None:
        return "belum teramati"
    return f"level {level}, skor {score}" + (", dibatasi" if capped else "")
