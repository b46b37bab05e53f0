"""How what a machine found in a proof is said. Never that a certificate is valid without a root or
a key that is trusted behind it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from corpu import i18n
from corpu.hours.checks import Certified, Differs, Seal
from corpu.pdf_signatures import PdfSignature, Trust
from corpu.zones import local_date

ZONE = "Asia/Jakarta"
# Kind of the note, its title, and what it means.
SEALS = {
    Seal.PROVEN: (
        "ok",
        _l("Terbukti dari penerbitnya"),
        _l(
            "Isi di bawah ini ditandatangani dengan kunci yang kami percaya. Apakah sesudahnya "
            "dicabut, hanya diketahui halaman penerbitnya."
        ),
    ),
    Seal.REVOKED: (
        "bad",
        _l("Sertifikat ini sudah dicabut"),
        _l("Menurut catatan penerbitnya. Jangan dipakai sebagai bukti."),
    ),
    Seal.ALTERED: (
        "bad",
        _l("Sertifikat ini diubah atau tiruan"),
        _l("Tanda tangannya tidak cocok dengan isinya. Jangan dipakai sebagai bukti."),
    ),
    Seal.UNKNOWN_KEY: (
        "warn",
        _l("Penerbitnya belum dikenal"),
        _l("Kuncinya tidak ada di antara kunci yang dipercaya di sini, jadi belum terbukti."),
    ),
    Seal.KEY_LOST: (
        "bad",
        _l("Kunci penerbitnya pernah bocor"),
        _l("Tanda tangan saja tidak membuktikan apa-apa. Periksa di halaman penerbitnya."),
    ),
    Seal.DOUBTFUL: (
        "warn",
        _l("Belum dapat dipastikan"),
        _l("Tanggal atau isinya tidak sesuai dengan kunci atau catatan penerbitnya."),
    ),
    Seal.EXPIRED: (
        "warn",
        _l("Masa berlakunya sudah habis"),
        _l("Sertifikatnya pernah berlaku dan tidak diubah."),
    ),
    Seal.EXAMPLE: (
        "warn",
        _l("CONTOH dari peragaan"),
        _l("Dibuat dengan orang rekaan. Tidak membuktikan apa pun."),
    ),
}
DIFFERS = {
    Differs.NAME: _l("namanya"),
    Differs.TITLE: _l("nama kegiatannya"),
    Differs.DAYS: _l("tanggalnya"),
    Differs.JP: _l("JP-nya"),
}


def differs_words(certified: Certified) -> str:
    """In what the claim says otherwise; empty where it says the same."""
    if not certified.differs:
        return ""
    what = ", ".join(str(DIFFERS[one]) for one in certified.differs)
    return _("Berbeda dari catatan: %(what)s. Bandingkan sebelum memutuskan.", what=what)


def signature_words(made: PdfSignature) -> tuple[str, str, str]:
    """Kind of the note, its title and its text, for one signature of a PDF."""
    by = _("Ditandatangani oleh %(signer)s.", signer=made.signer)
    if made.at is not None:
        by = _(
            "Ditandatangani oleh %(signer)s pada %(day)s menurut jamnya sendiri.",
            signer=made.signer,
            day=i18n.day(local_date(made.at, ZONE)),
        )
    if not made.is_intact:
        text = _("Berkas ini tidak lagi seperti ketika ditandatangani. Jangan dipakai.")
        return "bad", _("PDF ini diubah sesudah ditandatangani"), f"{by} {text}"
    if made.trust is Trust.NONE:
        text = _("Siapa penandatangannya belum terbukti: tidak ada akar tepercaya di belakangnya.")
        return "warn", _("PDF ini utuh, penandatangannya belum terbukti"), f"{by} {text}"
    text = _("Akar tepercaya: %(root)s.", root=made.root)
    if made.trust is Trust.THEN:
        more = _("Sertifikat elektroniknya sudah habis sekarang; waktu itu masih berlaku.")
        text = f"{text} {more}"
    more = _("Apakah sertifikat elektroniknya dicabut tidak diperiksa, karena tanpa jaringan.")
    return "ok", _("PDF ini utuh dan penandatangannya terbukti"), f"{by} {text} {more}"
