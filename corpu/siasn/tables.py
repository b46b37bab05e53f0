"""Reference codes of SIASN that this installation ships, read once per process."""

from functools import cache
from typing import Any

from corpu import vocabulary
from corpu.siasn.rules import Course, Form, Leadership

OTHER = "13"  # "… pelatihan klasikal lainnya": for a kind of training that the table leaves out


@cache
def place_of(kind: str) -> Course | Leadership:
    """Where a kind of training of the catalogue belongs in SIASN, with its codes there."""
    leadership = vocabulary.kinds().get(kind, {}).get("siasn_latihan_struktural_id")
    if leadership:
        return Leadership(leadership)
    code = _data()["kinds"].get(kind, OTHER)
    entry = next(row for row in _data()["jenis_diklat"] if row["id"] == code)
    return Course(code, entry["jenis_kursus_sertipikat"])


def name_of(kind: str) -> str:
    """What SIASN calls it, as its reference lists do; in Indonesian only."""
    place = place_of(kind)
    if place.form is Form.LEADERSHIP:
        table, code = _data()["latihan_struktural"], place.code
    else:
        table, code = _data()["jenis_diklat"], place.code
    return next(row["nama"] for row in table if row["id"] == code)


def words_for_nothing() -> list[str]:
    """Words by which the service says that it holds nothing, in small letters."""
    return list(_data()["says_nothing"])


def _data() -> Any:
    return vocabulary.load("siasn")
