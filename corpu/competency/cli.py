"""Commands: check the score against examples, and compute every score again."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from corpu import clock
from corpu.competency import service, verifying
from corpu.competency.agency_rule import adopt_rule, rule_at
from corpu.competency.facts import Refused, Rule
from corpu.competency.relations import midnight
from corpu.competency.vectors import check_vectors as differences_in
from corpu.competency.vectors import read_vectors
from corpu.competency.verifying import Difference, Result
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
@click.option("--apply", "repairs", is_flag=True, help="Dengan --verify: perbaiki yang berbeda.")
def recompute(verify: bool, repairs: bool) -> None:
    """Hitung ulang semua skor dari buktinya."""
    if repairs and not verify:
        raise click.UsageError("--apply hanya bersama --verify.")
    session = db.session()
    after: UUID | None = None
    count, differing, waiting = 0, 0, 0
    while True:
        # One transaction for some people at a time: no memory of those before, and what is
        # repaired was compared while nobody else could write it.
        if repairs or not verify:
            with unit_of_work(session):
                pairs, after = service.pairs_after(session, after, limit=PEOPLE)
                if verify:
                    found = verifying.compare(session, pairs, at=clock.now(), hold_rows=True)
                    verifying.repair(session, found.differences, at=clock.now())
                else:
                    service.recompute_all(session, pairs, at=clock.now())
        else:
            pairs, after = service.pairs_after(session, after, limit=PEOPLE)
            found = verifying.compare(session, pairs, at=clock.now())
            session.close()
        if verify:
            for difference in found.differences:
                click.echo(_line(difference))
            differing += len(found.differences)
            waiting += found.waiting
        count += len(pairs)
        if after is None:
            break
    if not verify:
        click.echo(f"{count} skor dihitung ulang.")
        return
    rest = f" {waiting} skor menunggu giliran dihitung." if waiting else ""
    if differing and repairs:
        click.echo(f"{differing} dari {count} skor berbeda dari buktinya dan diperbaiki.{rest}")
    elif differing:
        raise click.ClickException(f"{differing} dari {count} skor berbeda dari buktinya.{rest}")
    else:
        click.echo(f"{count} skor, semuanya sama.{rest}")


def _line(difference: Difference) -> str:
    """`<person> <code>: what is kept, and what it should be`."""
    kept, wanted = _told(difference.kept), _told(difference.wanted)
    return f"{difference.person_id} {difference.competency}: {kept}, seharusnya {wanted}"


def _told(result: Result | None) -> str:
    if result is None:
        return "tidak tersimpan"
    if result.level is None:
        return "belum teramati"
    return f"level {result.level}, skor {result.score}" + (", dibatasi" if result.capped else "")
