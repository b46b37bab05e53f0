"""The sentences of a plan: states, kinds, goals and what is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from corpu.hours import words as hour_words
from corpu.i18n import day as day_of
from corpu.i18n import number
from corpu.people.post_words import post_type as name_of_type
from corpu.plans.conversion import counted_as
from corpu.plans.models import Source
from corpu.plans.queries import Goal, Item, Origin, PlanView, Step
from corpu.plans.rules import Kind, Lack, Missing, Share, State
from corpu.plans.service import LACKS
from corpu.plans.template_rules import Suggestion
from corpu.ui import named

STATES = {
    State.DRAFT: _l("Draf"),
    State.SUBMITTED: _l("Diajukan"),
    State.RETURNED: _l("Perlu revisi"),
    State.APPROVED: _l("Disetujui"),
    State.RUNNING: _l("Berjalan"),
    State.FINISHED: _l("Selesai"),
}
TAGS = {
    State.DRAFT: "none",
    State.SUBMITTED: "mine",
    State.RETURNED: "warn",
    State.APPROVED: "ok",
    State.RUNNING: "ok",
    State.FINISHED: "ok",
}
KINDS = {
    Kind.COURSE: _l("Kursus"),
    Kind.COACHING: _l("Coaching"),
    Kind.MENTORING: _l("Mentoring"),
    Kind.SECONDMENT: _l("Detasering"),
    Kind.READING: _l("Belajar mandiri"),
    Kind.PROJECT: _l("Proyek atau penugasan"),
}
SOURCES = {
    Source.GAP: _l("Dari kesenjangan"),
    Source.OWN: _l("Keinginan sendiri"),
    Source.SUPERVISOR: _l("Dari atasan"),
}
MIXES = {
    10: _l("Formal: kelas dan kursus"),
    20: _l("Sosial: coaching, mentoring"),
    70: _l("Pengalaman: penugasan, belajar mandiri"),
}


def kind_notes(day: date) -> dict[Kind, str]:
    """What each kind of item makes, by the conversion table in force on a day."""
    return {kind: _kind_note(kind, day) for kind in Kind}


def _kind_note(kind: Kind, day: date) -> str:
    if kind is Kind.COURSE:
        return gettext("Kursus yang terbuka di katalog; JP-nya JP kursus itu.")
    if kind is Kind.PROJECT:
        return gettext("JP Anda tulis sendiri: 1 JP sama dengan 45 menit.")
    form, _version = counted_as(kind, day)
    rate = f"{hour_words.rate(form)}."
    return f"{rate} {hour_words.cap_words(form.cap)}" if form.cap else rate


def goal_title(goal: Goal) -> str:
    """`Komunikasi`, or the words of whoever wrote it."""
    return named(goal.names) if goal.names else goal.text


def goal_text(goal: Goal) -> str:
    """From which level to which."""
    if goal.code is None:
        return ""
    if goal.from_level is None:
        return gettext("Belum teramati, menuju level %(to)s.", to=goal.to_level)
    return gettext(
        "Dari level %(level)s menuju level %(to)s.", level=goal.from_level, to=goal.to_level
    )


def source_text(goal: Goal) -> str:
    if goal.source is Source.SUPERVISOR:
        return gettext("Dari atasan: %(name)s", name=goal.author)
    return str(SOURCES[goal.source])


def posts(post_type: str, title: str, unit_name: str) -> str:
    """Which posts a template is for: `Analis Air Ahli Muda, Dinas PU`, or their type."""
    if not title:
        return name_of_type(post_type)
    return f"{title}, {unit_name}" if unit_name else title


def origin_text(origin: Origin) -> str:
    """Which template something was taken from."""
    return gettext(
        "Dari templat %(post)s, berlaku mulai %(day)s",
        post=posts(origin.post_type, origin.title, origin.unit_name),
        day=day_of(origin.starts_on),
    )


def item_origin(item: Item, goal: Goal) -> str:
    """The same for an item of a goal; what the goal says already is not said again in full."""
    if item.origin is None:
        return ""
    return gettext("Dari templat") if item.origin == goal.origin else origin_text(item.origin)


def amount(item: Item | Suggestion) -> str:
    """`3 sesi`; a course and a project say nothing but their JP."""
    n = item.quantity
    match item.kind:
        case Kind.COACHING | Kind.MENTORING:
            return ngettext("%(num)s sesi", "%(num)s sesi", n)
        case Kind.SECONDMENT:
            return ngettext("%(num)s kegiatan", "%(num)s kegiatan", n)
        case Kind.READING:
            return ngettext("%(num)s hari", "%(num)s hari", n)
    return ""


def progress(item: Item) -> tuple[str, str]:
    """Kind of the tag and its words."""
    if item.done_at is not None:
        return "ok", gettext("Selesai")
    return ("mine", gettext("Dimulai")) if item.begun_at else ("none", gettext("Belum dimulai"))


def is_late(item: Item, today: date) -> bool:
    return item.due_on is not None and item.done_at is None and item.due_on < today


def distance(share: Share) -> str:
    """How far from the guide, in words that need no sign."""
    if not share.distance:
        return gettext("sama dengan pembanding")
    points = number(abs(share.distance))
    if share.distance > 0:
        return gettext("%(points)s poin di atas pembanding", points=points)
    return gettext("%(points)s poin di bawah pembanding", points=points)


def lack(one: Missing, plan: PlanView) -> str:
    """What is missing, with the goals it is about."""
    if one.lack is Lack.GOAL_WITHOUT_ITEM:
        names = [goal_title(goal) for goal in plan.goals if goal.id in one.goals]
        return gettext("Tambahkan kegiatan untuk: %(goals)s.", goals="; ".join(names))
    return gettext(LACKS[one.lack].message)


def lead(plan: PlanView) -> str:
    """What the state means for whoever reads, in one sentence."""
    match plan.state:
        case State.DRAFT if not plan.is_there:
            return gettext("Belum ditulis.")
        case State.DRAFT:
            return gettext("Masih ditulis dan belum diajukan kepada atasan langsung.")
        case State.SUBMITTED:
            return gettext("Menunggu keputusan atasan langsung.")
        case State.RETURNED:
            return gettext("Atasan meminta revisi. Sesudah diperbaiki, rencana diajukan lagi.")
        case State.APPROVED:
            return gettext("Disetujui. Rencana berjalan begitu kegiatan pertama dimulai.")
        case State.RUNNING:
            return gettext(
                "%(done)s dari %(items)s kegiatan selesai.", done=plan.done, items=len(plan.items)
            )
    return gettext("Selesai dan tersimpan sebagai catatan.")


def step_text(step: Step) -> str:
    """What happened, and by whom."""
    if not step.by:
        if step.after is State.FINISHED:
            return gettext("Selesai, karena semua kegiatannya selesai")
        return gettext("Berjalan, karena kegiatan pertamanya dimulai")
    if step.before is None:
        return gettext("Mulai ditulis oleh %(name)s", name=step.by)
    return {
        State.DRAFT: gettext("Ditarik kembali oleh %(name)s", name=step.by),
        State.SUBMITTED: gettext("Diajukan oleh %(name)s", name=step.by),
        State.RETURNED: gettext("Dikembalikan oleh %(name)s", name=step.by),
        State.APPROVED: gettext("Disetujui oleh %(name)s", name=step.by),
        State.RUNNING: gettext("Kegiatan pertama dimulai oleh %(name)s", name=step.by),
        State.FINISHED: gettext("Ditutup oleh %(name)s", name=step.by),
    }[step.after]


def jp(hours: Decimal) -> str:
    return gettext("%(jp)s JP", jp=number(hours))
