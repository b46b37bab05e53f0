"""The sentences about hours that a diagnostic left out, or did not."""

from flask_babel import gettext as _
from flask_babel import ngettext

from corpu.i18n import number
from corpu.learning.diagnostics import FULL
from corpu.learning.models import CompletionHours


def left_out_words(hours: CompletionHours) -> str:
    """By which rule the JP of a completion are what they are, and how many were left out why."""
    titles = ", ".join(f"“{module['title']}”" for module in hours.modules)
    if hours.rule == FULL:
        return _(
            "JP penuh: menurut aturan kursus, modul yang dikuasai pada uji awal tetap dihitung "
            "(%(titles)s).",
            titles=titles,
        )
    return ngettext(
        "%(left)s dari %(full)s JP tidak dihitung: menurut aturan kursus, modul yang sudah "
        "dikuasai pada uji awal dan tidak diikuti tidak memberi JP (%(titles)s).",
        "%(left)s dari %(full)s JP tidak dihitung: menurut aturan kursus, modul-modul yang sudah "
        "dikuasai pada uji awal dan tidak diikuti tidak memberi JP (%(titles)s).",
        len(hours.modules),
        left=number(hours.jp_left_out),
        full=number(hours.jp_full),
        titles=titles,
    )
