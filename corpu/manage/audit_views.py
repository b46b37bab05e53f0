"""The audit: who did what, before and after, and why. Read and taken away, never written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from corpu import clock
from corpu.audit import AuditEntry
from corpu.extensions import db
from corpu.forms import day_of
from corpu.manage import audit_queries as queries
from corpu.manage import service, words
from corpu.manage.audit_queries import AuditFilter
from corpu.manage.blueprint import bp
from corpu.manage.scope import Reach, reach_of
from corpu.numbers import whole
from corpu.people.rules import clean_text
from corpu.permissions import Permission
from corpu.spreadsheets import csv_lines
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer
from corpu.zones import zone_label

PAGE = 50
MOST_ROWS = 20_000  # of one file; what is older is a second file


@dataclass(frozen=True)
class Asked:
    """What the filter form says, as it is shown again, and what it means."""

    who: str
    action: str
    subject: str
    since: str
    until: str
    wrong_day: bool
    wanted: AuditFilter

    @property
    def kept(self) -> dict[str, Any]:
        """For the address of the next page: only what is set."""
        values = {
            "who": self.who,
            "action": self.action,
            "subject": self.subject,
            "since": self.since,
            "until": self.until,
        }
        return {key: value for key, value in values.items() if value}


def asked_of(values: MultiDict[str, str], zone: str) -> Asked:
    """Read the filter; a day that is none is said to be so and left out."""
    who, subject = (clean_text(values.get(key, "")[:100]) for key in ("who", "subject"))
    action = values.get("action", "")
    since, since_wrong = _day(values.get("since", ""))
    until, until_wrong = _day(values.get("until", ""))
    return Asked(
        who=who,
        action=action if action in words.ACTIONS else "",
        subject=subject,
        since=values.get("since", "").strip()[:20],
        until=values.get("until", "").strip()[:20],
        wrong_day=since_wrong or until_wrong,
        wanted=AuditFilter(
            who=who,
            action=action if action in words.ACTIONS else "",
            subject=subject,
            since=_midnight(since, zone),
            until=_midnight(until + timedelta(days=1), zone) if until else None,
        ),
    )


def _day(text: str) -> tuple[date | None, bool]:
    """The day, and whether something else was written."""
    found = day_of(text)
    return found, found is None and bool(text.strip())


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(zone)) if day else None


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.SEE_AUDIT)


@bp.get("/manage/audit")
@requires(Permission.SEE_AUDIT)
def audit() -> str:
    session, me, reach = db.session(), the_viewer(), _reach()
    asked = asked_of(request.args, me.timezone)
    before = whole(request.args.get("before", ""))
    found = queries.audit_entries(
        session, reach.units, me.id, asked.wanted, before=before, limit=PAGE + 1
    )
    entries, more = found[:PAGE], len(found) > PAGE
    return render_template(
        "manage/audit.html",
        entries=entries,
        asked=asked,
        names=queries.names_in(session, entries),
        is_later=before is not None,
        first_url=url_for(".audit", **asked.kept),
        next_url=url_for(".audit", **asked.kept, before=entries[-1].id) if more else "",
        reach=reach,
        most_rows=MOST_ROWS,
        words=words,
    )


@bp.post("/manage/audit.csv")
@requires(Permission.SEE_AUDIT)
def audit_csv() -> Any:
    """The entries of the filter as a file. That it was taken is itself an entry."""
    me, reach, now = the_viewer(), _reach(), clock.now()
    asked = asked_of(request.form, me.timezone)
    entries = queries.audit_entries(db.session(), reach.units, me.id, asked.wanted, limit=MOST_ROWS)
    names = queries.names_in(db.session(), entries)
    with unit_of_work(db.session()) as session:
        service.note_export(session, by=me, rows=len(entries), filters=asked.kept, at=now)
    header = [
        _("Waktu (%(zone)s)", zone=zone_label(me.timezone)),
        _("Pelaku"),
        _("Tindakan"),
        _("Kode tindakan"),
        _("Jenis"),
        _("Tentang"),
        _("Perubahan"),
        _("Alasan"),
    ]
    text = "".join(csv_lines(header, _rows(entries, names, me.timezone)))
    response = Response(text, mimetype="text/csv")
    day = now.astimezone(ZoneInfo(me.timezone)).date().isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="jejak-audit-{day}.csv"'
    return response


def _rows(
    entries: list[AuditEntry], names: dict[str, str], zone: str
) -> Iterator[tuple[object, ...]]:
    for entry in entries:
        changes = words.changes(entry.before, entry.after, names, zone, entry.action)
        yield (
            f"{entry.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}",
            entry.actor_name,
            words.action(entry.action),
            entry.action,
            entry.subject_type,
            entry.subject_name,
            "; ".join(f"{field}: {old} → {new}" for field, old, new in changes),
            entry.reason,
        )
