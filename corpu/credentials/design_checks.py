"""What keeps a design from being published, in sentences for whoever writes it."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from corpu.credentials.designs import Design, Language, Signing
from corpu.credentials.kinds import Kind
from corpu.credentials.letters import unprintable

MOST_SIGNATORIES = 3
MOST_BANDS = 6
LONGEST = {
    "title": 60,
    "title_en": 60,
    "opening": 120,
    "opening_en": 120,
    "statement": 160,
    "statement_en": 160,
    "legal_basis": 600,
    "legal_basis_en": 600,
}
LONGEST_SIGNER = {
    "name": 200,
    "nip": 18,
    "post": 200,
    "post_en": 200,
    "rank": 100,
    "place": 100,
}
LONGEST_BAND = 60
HIGHEST = Decimal(100)


def problems_of(design: Design, kind: Kind, *, allow_unsigned: bool) -> list[tuple[str, Any]]:
    """What keeps a design from being published: (field, sentence) each, none when it may.

    Fields of signatories and bands are named with their place: `signer_name_1`, `band_above_1`.
    """
    found = [*_texts(design), *_signatories(design), *_bands(design)]
    if design.signing is Signing.NONE and kind is Kind.STTP:
        # Name, rank and NIP of the signatory are among what an STTP prints (domain 5.3).
        found.append(("signing", _l("STTP selalu memuat penanda tangan.")))
    elif design.signing is Signing.NONE and not allow_unsigned:
        found.append(
            (
                "signing",
                _l(
                    "Instansi ini mewajibkan penanda tangan pada jenis dokumen ini. Pilih penanda "
                    "tangan, atau izinkan dahulu terbit tanpa tanda tangan."
                ),
            )
        )
    return found


def _texts(design: Design) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    wanted = {
        Language.INDONESIAN: ("",),
        Language.ENGLISH: ("_en",),
        Language.BOTH: ("", "_en"),
    }[design.language]
    for name in ("title", "opening", "statement"):
        found += [
            (name + ending, _l("Tulis kata-kata ini; dokumennya mencetaknya."))
            for ending in wanted
            if not getattr(design, name + ending).strip()
        ]
        # The title is the name of the document in lists and in the file, in any language.
        if name == "title" and "" not in wanted and not design.title.strip():
            found.append((name, _l("Tulis kata-kata ini; dokumennya mencetaknya.")))
    for name, most in LONGEST.items():
        found += _letters(name, getattr(design, name), most)
    return found


def _letters(field: str, text: str, most: int) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if len(text) > most:
        found.append((field, _l("Tulis paling banyak %(most)s huruf.", most=most)))
    if letters := unprintable(text):
        found.append(
            (
                field,
                _l(
                    "Huruf ini tidak dapat dicetak pada sertifikat: %(letters)s.",
                    letters=" ".join(letters),
                ),
            )
        )
    return found


def _signatories(design: Design) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if design.signing is not Signing.OWN:
        return found
    if not design.signatories:
        found.append(
            (
                "signer_name_1",
                _l("Tulis paling sedikit satu penanda tangan, atau pilih cara lain di atas."),
            )
        )
    if len(design.signatories) > MOST_SIGNATORIES:
        found.append(
            ("signing", _l("Paling banyak %(most)s penanda tangan.", most=MOST_SIGNATORIES))
        )
    for n, one in enumerate(design.signatories, 1):
        if not one.name.strip():
            found.append((f"signer_name_{n}", _l("Tulis nama penanda tangan ini.")))
        if not one.post.strip():
            found.append((f"signer_post_{n}", _l("Tulis jabatan penanda tangan ini.")))
        if one.nip and not (len(one.nip) == 18 and one.nip.isascii() and one.nip.isdigit()):
            found.append((f"signer_nip_{n}", _l("NIP terdiri dari 18 angka.")))
        for name, most in LONGEST_SIGNER.items():
            found += _letters(f"signer_{name}_{n}", getattr(one, name), most)
    return found


def _bands(design: Design) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if len(design.bands) > MOST_BANDS:
        found.append(("band_above_1", _l("Paling banyak %(most)s predikat.", most=MOST_BANDS)))
    seen: set[Decimal] = set()
    for n, one in enumerate(design.bands, 1):
        if not one.above.is_finite() or not 0 <= one.above < HIGHEST:
            found.append((f"band_above_{n}", _l("Tulis batas nilai dari 0 sampai di bawah 100.")))
        elif one.above in seen:
            found.append((f"band_above_{n}", _l("Batas ini sudah dipakai predikat lain.")))
        seen.add(one.above)
        if not one.qualification.strip():
            found.append((f"band_qualification_{n}", _l("Tulis predikatnya.")))
        for name in ("qualification", "qualification_en", "rank"):
            found += _letters(f"band_{name}_{n}", getattr(one, name), LONGEST_BAND)
    return found
