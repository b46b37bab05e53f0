"""What batches and those in them are called."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup, escape

from corpu import i18n
from corpu.credentials.batch_choice import By
from corpu.credentials.batch_models import BatchState, FileKind, MailState
from corpu.credentials.batch_queries import ItemLine
from corpu.credentials.condition_words import Reader, item_of, short
from corpu.credentials.reasons import Reason, why

STATES = {
    BatchState.DRAFT: ("none", _l("Belum diterbitkan"), "edit"),
    BatchState.WAITING: ("mine", _l("Sedang diterbitkan"), "clock"),
    BatchState.RUNNING: ("mine", _l("Sedang diterbitkan"), "clock"),
    BatchState.STOPPED: ("warn", _l("Dihentikan"), "half"),
    BatchState.DONE: ("ok", _l("Selesai"), "check"),
}
GROUPS = {
    "chosen": _l("Akan terbit"),
    "blocked": _l("Ada yang menghalangi"),
    "issued": _l("Terbit"),
    "refused": _l("Tidak dapat terbit"),
    "present": _l("Sudah punya"),
    "learning": _l("Belum selesai belajar"),
    "absent": _l("Tidak mengikuti kursus ini"),
    "unknown": _l("NIP tidak dikenal"),
}
TAGS = {
    "chosen": ("mine", "clock"),
    "blocked": ("warn", "alert"),
    "issued": ("ok", "check"),
    "refused": ("bad", "x"),
    "present": ("ok", "check"),
    "learning": ("none", "half"),
    "absent": ("none", "info"),
    "unknown": ("bad", "alert"),
}
BY = {
    By.ALL: _l("Semua yang mengikuti kursus ini"),
    By.UNIT: _l("Satu unit dan unit di bawahnya"),
    By.DATES: _l("Yang selesai di antara dua tanggal"),
    By.LIST: _l("Daftar NIP"),
}
MAILS = {
    None: _l("Belum diberi tahu"),
    MailState.SENT: _l("Terkirim"),
    MailState.SENDING: _l("Tidak diketahui terkirim atau tidak"),
    MailState.FAILED: _l("Ditolak server surel"),
    MailState.NO_ADDRESS: _l("Tanpa alamat surel"),
}
FILES = {
    FileKind.ZIP: _l("ZIP berisi semua PDF"),
    FileKind.PRINT: _l("PDF untuk percetakan"),
}
HEADING = ("no", "nama", "nip", "unit", "keadaan", "sebab", "nomor")


def size(count: int) -> str:
    """Bytes as people compare them."""
    megabytes = (Decimal(count) / 1_000_000).quantize(Decimal("0.1"))
    return _("%(size)s MB", size=i18n.number(max(megabytes, Decimal("0.1"))))


def chosen(found: Mapping[str, Any]) -> str:
    """How the people of a batch were chosen, in a line."""
    by = By(found["by"])
    if by is By.UNIT:
        return _("%(unit)s dan unit di bawahnya", unit=found["unit"])
    if by is By.LIST:
        count = found["listed"]
        return ngettext("Daftar %(num)s NIP", "Daftar %(num)s NIP", count)
    if by is By.DATES:
        first, last = (
            i18n.day(date.fromisoformat(found[key])) if found[key] else ""
            for key in ("first", "last")
        )
        if first and last:
            return _("Selesai %(first)s sampai %(last)s", first=first, last=last)
        if first:
            return _("Selesai sejak %(first)s", first=first)
        return _("Selesai sampai %(last)s", last=last) if last else _("Semua yang sudah selesai")
    return str(BY[by])


def why_not(line: ItemLine) -> Markup:
    """Why somebody has no certificate (yet), from what is in the way now where there is a seat;
    nothing for those who have one, or get one."""
    if line.number:
        return Markup("")
    if line.group == "absent":
        return escape(_("Tidak pernah mengikuti kursus ini."))
    if line.group == "unknown":
        return escape(_("Bukan NIP pegawai yang tercatat di sini."))
    if line.prospect is not None:
        if text := short(line.prospect):
            return escape(text)
        unmet = [one for one in line.prospect.unmet if one.reason]
        in_the_way = [one for one in unmet if one.reason != Reason.BATCH]
        if in_the_way:
            found = [item_of(line.prospect, one, Reader.MANAGER) for one in in_the_way]
            return Markup(" ").join(escape(one.text) for one in found)
    if line.reason is None:
        return Markup("")
    if line.prospect is not None:
        return escape(_("Sebabnya sudah dibereskan; dicoba lagi saat diterbitkan."))
    return escape(why(line.reason, line.detail))
