"""Words and figures that the sentences about a score share."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext
from markupsafe import Markup

from corpu.competency.rules import Cumulative, Kind, Retake
from corpu.i18n import number
from corpu.ui import named

_l = lazy_gettext

KINDS = {
    Kind.ASSESSMENT: _l("Kursus CorpU"),
    Kind.EXTERNAL: _l("Sertifikat luar"),
    Kind.SUPERVISOR: _l("Penilaian atasan"),
    Kind.ASSESSOR: _l("Uji kompetensi"),
    Kind.SELF: _l("Penilaian diri"),
    Kind.PEER: _l("Penilaian rekan"),
}
RETAKES = {
    Retake.BEST: _l("Terbaik dari sumber yang sama"),
    Retake.LATEST: _l("Terbaru dari sumber yang sama"),
}
LOWER_LEVELS = {
    Cumulative.IMPLIED: _l("Termasuk bila level di atasnya terbukti"),
    Cumulative.STEPWISE: _l("Harus terbukti satu demi satu"),
}
# The regulation's names of the bands, as the vocabulary holds them.
BANDS = {
    "Memenuhi Syarat (MS)": _l("Memenuhi Syarat (MS)"),
    "Masih Memenuhi Syarat (MMS)": _l("Masih Memenuhi Syarat (MMS)"),
    "Kurang Memenuhi Syarat (KMS)": _l("Kurang Memenuhi Syarat (KMS)"),
}
BAND_TAGS = {
    "Memenuhi Syarat (MS)": "ok",
    "Masih Memenuhi Syarat (MMS)": "warn",
    "Kurang Memenuhi Syarat (KMS)": "bad",
}


def called(row: Mapping[str, Any]) -> str:
    """The name of a competency or a level in the reader's language."""
    return named(row)


def described(row: Mapping[str, Any]) -> str:
    """The description of a level in the reader's language."""
    locale = get_locale()
    english = locale is not None and locale.language == "en"
    return str(row["description_en" if english else "description_id"])


def figure(value: Decimal | int, decimals: int = 2) -> str:
    return number(value, decimals)


def exact(value: Decimal) -> str:
    """To the last digit that is kept, without trailing zeros."""
    return number(value)


def level_name(names: Mapping[str, Any]) -> str:
    """`Level 3, Menengah`"""
    return gettext("Level %(level)s, %(name)s", level=names["level"], name=named(names))


def strong(text: object, *, whole: bool = False) -> Markup:
    """A figure that stands out; `whole` keeps it on one line."""
    kind = "num nowrap" if whole else "num"
    return Markup('<b class="{}">{}</b>').format(kind, text)
