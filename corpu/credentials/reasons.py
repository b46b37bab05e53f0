"""Why a certificate waits, in words that say who can change it."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Reason(StrEnum):
    NO_ISSUER = "no_issuer"
    NO_SIGNATORY = "no_signatory"
    NO_PLACE = "no_place"
    BROKEN_TEMPLATE = "broken_template"
    NUMBER_TAKEN = "number_taken"
    UNPRINTABLE = "unprintable"
    NO_REGISTRATION = "no_registration"
    KEY_LOCKED = "key_locked"
    BATCH = "batch"
    FAILED = "failed"


_WHY = {
    Reason.NO_ISSUER: _l("Belum ada unit penerbit sertifikat untuk kursus ini."),
    Reason.NO_SIGNATORY: _l("Penanda tangan sertifikat belum ditetapkan."),
    Reason.NO_PLACE: _l("Tempat penandatanganan sertifikat belum ditetapkan."),
    Reason.BROKEN_TEMPLATE: _l("Pola nomor sertifikat belum dapat dipakai."),
    Reason.NUMBER_TAKEN: _l("Nomor yang dihasilkan pola nomor sudah dipakai sertifikat lain."),
    Reason.UNPRINTABLE: _l("Ada huruf yang tidak dapat dicetak."),
    Reason.NO_REGISTRATION: _l("Kode registrasi LAN untuk kursus dan tahun ini belum dicatat."),
    Reason.KEY_LOCKED: _l("Kunci penanda tangan tidak dapat dibuka."),
    Reason.BATCH: _l("Sertifikat kursus ini diterbitkan per angkatan."),
    Reason.FAILED: _l("Sertifikat tidak dapat disusun karena kesalahan di pihak kami."),
}
_ACT = {
    Reason.NO_ISSUER: _l("Pengelola %(unit)s perlu menetapkan unit penerbit."),
    Reason.NO_SIGNATORY: _l("Pengelola %(unit)s perlu mengisi nama dan jabatan penanda tangan."),
    Reason.NO_PLACE: _l("Pengelola %(unit)s perlu mengisi tempat penandatanganan."),
    Reason.BROKEN_TEMPLATE: _l("Pengelola %(unit)s perlu memperbaiki pola nomor."),
    Reason.NUMBER_TAKEN: _l(
        "Pengelola %(unit)s perlu membedakan pola nomor menurut unit dan jenis dokumen, misalnya "
        "dengan {unit} dan {program}."
    ),
    Reason.UNPRINTABLE: _l(
        "Pengelola %(unit)s perlu memperbaiki tulisan yang memuatnya: nama, jabatan, unit, "
        "kursus, atau penanda tangan."
    ),
    Reason.NO_REGISTRATION: _l("Pengelola %(unit)s perlu mencatat kode registrasi LAN."),
    Reason.KEY_LOCKED: _l(
        "Pengelola %(unit)s perlu meminta pengurus server mengembalikan rahasia yang lama, atau "
        "mengganti kunci tanda tangan."
    ),
    Reason.BATCH: _l("Pengelola %(unit)s menerbitkannya bersama-sama untuk satu angkatan."),
    Reason.FAILED: _l("Kami mencobanya lagi dengan sendirinya. Bila lama, sampaikan ke %(unit)s."),
}


def why(reason: Reason, detail: str = "") -> str:
    """What is in the way, with the letters or the number where that is what it is."""
    sentence = str(_WHY[reason])
    return f"{sentence[:-1]}: {detail}." if detail else sentence


def who_acts(reason: Reason, unit: str) -> str:
    """Who must do what, naming the issuing unit."""
    return str(_ACT[reason]) % {"unit": unit}


class Refused(Exception):
    """A certificate cannot be issued now; nothing was spent on it."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason, self.detail = reason, detail[:200]
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
