"""What kinds of posts are called."""

from __future__ import annotations

from flask_babel import gettext

from corpu import vocabulary
from corpu.ui import named


def post_type(code: str) -> str:
    """`Jabatan Pengawas`, `Jabatan fungsional, Ahli Muda`; the code where it is unknown."""
    data = vocabulary.load("jabatan")
    for row in data["types"]:
        if row["code"] == code:
            return named(row)
    for row in data["jf_jenjang"]:
        if f"JF_{row['code']}" == code:
            return gettext("Jabatan fungsional, %(tier)s", tier=row["name"])
    return code
