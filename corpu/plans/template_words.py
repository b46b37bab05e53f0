"""The sentences of templates: where one stands, what it offers, why something is left out."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from corpu.plans.offers import Offer, Offered, OfferedGoal, OfferedItem
from corpu.plans.rules import Kind
from corpu.plans.taking import Taken
from corpu.plans.template_queries import State, Template, Valued
from corpu.plans.template_rules import LeftOut, Why
from corpu.plans.words import KINDS, MIXES, amount, jp, posts
from corpu.ui import named

STATES = {
    State.IN_FORCE: (_l("Berlaku"), "ok", ""),
    State.COMING: (_l("Akan berlaku"), "", "cal"),
    State.OVER: (_l("Tidak berlaku lagi"), "none", "clock"),
    State.WITHDRAWN: (_l("Ditarik"), "bad", ""),
}


def posts_of(template: Template) -> str:
    """Which posts a template is for."""
    return posts(template.post_type, template.title, template.unit_name)


def offer_title(offer: Offer) -> str:
    """`Templat untuk Analis Air Ahli Muda`, by the post that the person holds or acts in."""
    return gettext("Templat untuk %(post)s", post=offer.printed)


def offer_lead(offer: Offer) -> str:
    """Why it is offered."""
    if offer.is_acting:
        return gettext(
            "Disarankan instansi untuk jabatan yang sedang Anda jalankan sementara. Levelnya level "
            "yang disyaratkan jabatan itu."
        )
    return gettext(
        "Disarankan instansi untuk jabatan Anda. Levelnya level yang disyaratkan jabatan Anda hari "
        "ini."
    )


def size(template: Template) -> str:
    """`3 tujuan, 5 kegiatan`"""
    goals = ngettext("%(num)s tujuan", "%(num)s tujuan", len(template.aims))
    items = ngettext("%(num)s kegiatan", "%(num)s kegiatan", template.items)
    return f"{goals}, {items}"


def kind_of(value: Valued) -> str:
    """Form and amount: `Coaching, 2 sesi`."""
    number = amount(value.suggestion)
    form = str(KINDS[value.suggestion.kind])
    return f"{form}, {number}" if number else form


def worth(value: Valued) -> str:
    """JP and the way of learning: `4 JP. Sosial: coaching, mentoring`."""
    share = str(MIXES[value.mix])
    return share if value.jp is None else f"{jp(value.jp)}. {share}"


def levels(goal: OfferedGoal) -> str:
    """From which level to which."""
    if goal.required is None:
        return ""
    if goal.level is None:
        return gettext("Belum teramati, menuju level %(to)s.", to=goal.required)
    if goal.left_out is LeftOut.NO_GAP:
        return gettext(
            "Level Anda %(level)s, yang disyaratkan %(to)s.", level=goal.level, to=goal.required
        )
    return gettext("Dari level %(level)s menuju level %(to)s.", level=goal.level, to=goal.required)


def left_out(goal: OfferedGoal) -> str:
    """Why a goal is not chosen beforehand, "" where it is."""
    if goal.left_out is LeftOut.NO_GAP:
        return gettext(
            "Tidak dipilih, karena kesenjangan ini tidak ada pada Anda. Boleh dipilih bila "
            "tetap diinginkan."
        )
    if goal.left_out is LeftOut.NOT_REQUIRED:
        return gettext("Tidak disyaratkan lagi, jadi tidak dapat diambil.")
    return ""


def why_not(item: OfferedItem) -> str:
    """Why an activity cannot be chosen, "" where it can."""
    match item.why_not:
        case Why.TAKEN:
            return gettext("Sudah ada dalam rencana.")
        case Why.COURSE_THERE:
            return gettext("Kursus ini sudah ada dalam rencana.")
        case Why.COURSE_DONE:
            return gettext("Kursus ini sudah Anda selesaikan tahun ini.")
        case Why.COURSE_GONE if item.value.suggestion.kind is Kind.COURSE:
            return gettext("Kursus ini tidak terbuka lagi.")
        case Why.COURSE_GONE:
            return gettext("Tidak dapat direncanakan menurut tabel konversi hari ini.")
    return ""


def labels(found: Offered) -> dict[int, str]:
    """What each line that can be chosen is called."""
    names = {one.line: one.value.title for goal in found.goals for one in goal.items}
    names |= {goal.line: named(goal.names) for goal in found.goals if goal.line is not None}
    return {line: names[line] for line in found.open_lines}


def taken(done: Taken) -> str:
    """What the plan has got."""
    if not done.goals and not done.items:
        return gettext("Semuanya sudah ada dalam rencana.")
    goals = ngettext("%(num)s tujuan", "%(num)s tujuan", done.goals)
    items = ngettext("%(num)s kegiatan", "%(num)s kegiatan", done.items)
    return gettext("Diambil dari templat: %(goals)s dan %(items)s.", goals=goals, items=items)
