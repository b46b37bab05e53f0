"""The sentences about the index: what counts, what is missing, what a step would add.

They speak of the facts, never of "you", so that the person and a manager read the same.
Templates know this page as `ipasn_words`.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from corpu import i18n, vocabulary
from corpu.i18n import number
from corpu.ipasn.facts import Dimension, Item
from corpu.ipasn.models import EntryKind, IpasnEntry
from corpu.ipasn.rules import Estimate, Part, Step, StepKind, band_of
from corpu.ipasn.scale import shipped
from corpu.ui import named

KINDS = {
    EntryKind.EDUCATION: _l("Pendidikan"),
    EntryKind.PERFORMANCE: _l("Predikat kinerja"),
    EntryKind.SANCTION: _l("Hukuman disiplin"),
    EntryKind.TRAINING: _l("Pelatihan di luar CorpU"),
    EntryKind.OFFICIAL: _l("Nilai resmi IP ASN"),
}

ITEMS = {
    Item.LEADERSHIP: _l("Pelatihan kepemimpinan sesuai jenjang"),
    Item.FUNCTIONAL: _l("Pelatihan fungsional"),
    Item.TECHNICAL: _l("Pelatihan teknis 20 JP"),
    Item.SEMINAR: _l("Seminar atau sejenisnya"),
}

BAND_TAGS = {
    "sangat_tinggi": "ok",
    "tinggi": "ok",
    "sedang": "",
    "rendah": "warn",
    "sangat_rendah": "warn",
}

UNRECORDED = {
    Dimension.QUALIFICATION: _l("Pendidikan belum dicatat pengelola."),
    Dimension.COMPETENCE: _l("Jabatan belum tercatat, maka syaratnya belum diketahui."),
    Dimension.PERFORMANCE: _l("Predikat kinerja tahun ini dan tahun lalu belum dicatat pengelola."),
}


@cache
def _rows(part: str) -> Mapping[str, Mapping[str, Any]]:
    return {row["code"]: row for row in vocabulary.load("ipasn")[part]}


def dimension(code: str) -> str:
    """A dimension by its name."""
    return named(_rows("dimensions")[code])


def band(code: str) -> str:
    """A band by its name."""
    return named(_rows("bands")[code])


def kind(code: str) -> str:
    """A kind of entry in words; an unknown one by its code."""
    return str(KINDS[EntryKind(code)]) if code in set(KINDS) else code


def code(found: str) -> str:
    """A level, predicate, sanction or kind of training by its name; an unknown one as it is."""
    for part in ("education", "performance", "discipline"):
        if found in _rows(part):
            return named(_rows(part)[found])
    if found == "NO_DUTY":
        return _("Jabatan fungsional tanpa pelatihan wajib")
    if found == "WEBINAR":
        return _("Seminar, lokakarya, magang, atau sejenisnya")
    return named(vocabulary.kinds()[found]) if found in vocabulary.kinds() else found


def gain(step: Step) -> str:
    """`+10`"""
    return f"+{number(step.gain)}"


def step_text(step: Step) -> str:
    """What to do, without its points: `Satu seminar yang relevan`."""
    if step.kind is StepKind.TECHNICAL:
        if step.jp == shipped().technical_jp:
            return _("Pelatihan teknis 20 JP yang relevan")
        return _("Pelatihan teknis %(jp)s JP lagi", jp=number(step.jp))
    if step.kind is StepKind.SEMINAR:
        return _("Satu seminar yang relevan")
    if step.kind is StepKind.FUNCTIONAL:
        return _("Pelatihan fungsional untuk jabatan ini")
    if step.kind is StepKind.LEADERSHIP:
        return code(step.target)
    if step.kind is StepKind.PERFORMANCE:
        return _(
            "Predikat kinerja %(predicate)s untuk %(year)s",
            predicate=code(step.target),
            year=step.year,
        )
    return _("Pendidikan %(level)s", level=code(step.target))


def step_note(step: Step) -> str:
    """Who can bring the step about."""
    if step.kind in (StepKind.TECHNICAL, StepKind.SEMINAR):
        return _("Dapat dimulai sendiri.")
    if step.kind is StepKind.LEADERSHIP:
        return _("Perlu penugasan. Bila sudah pernah diikuti, pengelola cukup mencatatnya.")
    if step.kind is StepKind.FUNCTIONAL:
        return _(
            "Perlu penugasan. Bila sudah diikuti atau tidak diwajibkan untuk jabatan ini, "
            "pengelola cukup mencatatnya."
        )
    if step.kind is StepKind.PERFORMANCE:
        return _("Mengikuti penilaian kinerja dari atasan.")
    return _("Mengikuti tugas atau izin belajar.")


def outcome(found: Estimate, step: Step) -> str:
    """Where the step leads: the total and, where everything is known, its band."""
    total = found.total + step.gain
    if found.unrecorded:
        return _("menjadi %(total)s", total=number(total))
    return _(
        "menjadi %(total)s, %(band)s",
        total=number(total),
        band=band(band_of(total, shipped())),
    )


def why(found: Estimate, which: Dimension) -> str:
    """What the points of a dimension rest on, or what is missing."""
    if which in found.unrecorded:
        return str(UNRECORDED[which])
    if which is Dimension.QUALIFICATION:
        return _(
            "Pendidikan tertinggi yang tercatat: %(level)s.", level=code(found.education or "")
        )
    if which is Dimension.COMPETENCE:
        done = sum(part.is_achieved for part in found.parts)
        return _("%(done)s dari %(total)s syarat terpenuhi.", done=done, total=len(found.parts))
    if which is Dimension.PERFORMANCE:
        assert found.performance is not None
        year, predicate = found.performance
        return _("Predikat %(year)s: %(predicate)s.", year=year, predicate=code(predicate))
    if found.sanction is None or found.sanction_until is None:
        return _("Tidak ada hukuman disiplin yang tercatat dalam lima tahun.")
    return _(
        "%(level)s, %(day)s. Diperhitungkan sampai %(until)s.",
        level=code(found.sanction.level),
        day=i18n.day(found.sanction.day),
        until=i18n.day(found.sanction_until),
    )


def part_text(part: Part) -> str:
    """What counts for one item of competence and what is missing."""
    if part.item is Item.TECHNICAL:
        have = _("%(jp)s JP dalam setahun terakhir", jp=number(part.jp))
        if part.is_achieved and part.until:
            return _("%(have)s, cukup sampai %(until)s.", have=have, until=i18n.day(part.until))
        return _("%(have)s, kurang %(lacking)s JP.", have=have, lacking=number(part.lacking_jp))
    if part.item is Item.SEMINAR:
        if part.until:
            return _("Terpenuhi sampai %(until)s.", until=i18n.day(part.until))
        return _("Belum ada seminar, lokakarya, magang, atau sejenisnya dalam dua tahun terakhir.")
    if part.is_achieved:
        return _("%(training)s, %(day)s.", training=_title(part), day=_day(part))
    if part.item is Item.LEADERSHIP:
        return _(
            "Disyaratkan %(training)s atau yang lebih tinggi; belum tercatat.",
            training=code(part.needed),
        )
    return _("Pelatihan fungsional belum tercatat.")


def _title(part: Part) -> str:
    last = part.trainings[-1]
    return last.title or code(last.kind)


def _day(part: Part) -> str:
    return i18n.day(part.trainings[-1].day)


def entry_text(entry: IpasnEntry) -> str:
    """What an entry says: `S2 (magister)`, `2025: Baik`, `2025: 78,5 dari 100`."""
    if entry.kind is EntryKind.OFFICIAL:
        assert entry.total is not None
        return _("%(year)s: %(total)s dari 100", year=entry.year, total=number(entry.total))
    if entry.kind is EntryKind.PERFORMANCE:
        return f"{entry.year}: {code(entry.code)}"
    if entry.kind is EntryKind.EDUCATION:
        return code(entry.code)
    parts = [code(entry.code), entry.title, _on(entry.day)]
    if entry.jp:
        parts.insert(2, _("%(jp)s JP", jp=number(entry.jp)))
    return ", ".join(filter(None, parts))


def _on(day: date | None) -> str:
    return i18n.day(day) if day else ""
