"""Why something about dictionaries and standards was refused."""

from collections.abc import Sequence

from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.standards.checks import Problem


class UnknownFramework(NotFound):
    message = N_("Kamus kompetensi ini tidak ada di sini.")


class UnknownStandard(NotFound):
    message = N_("Standar ini tidak ada di sini.")


class Wrong(DomainError):
    """Values that cannot be taken, with everything that is wrong."""

    message = N_("Ada isian yang perlu diperbaiki.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class CodeTaken(RuleBroken):
    field = "code"
    message = N_("Instansi ini sudah punya kamus berkode %(code)s.")


class BadFramework(DomainError):
    field = "code"
    message = N_("Tulis kode paling panjang 12 huruf besar dan angka, misalnya TIK.")


class NameMissing(DomainError):
    field = "name"
    message = N_("Tulis nama kamus, paling panjang 200 huruf.")


class NoDraft(RuleBroken):
    message = N_("Tidak ada draf pada kamus ini; mungkin baru saja diterbitkan atau dibuang.")


class DraftChanged(RuleBroken):
    message = N_(
        "Draf ini sudah diubah orang lain sejak Anda membukanya. Muat ulang, lalu periksa lagi."
    )


class TooManyCompetencies(RuleBroken):
    message = N_("Satu kamus memuat paling banyak %(most)s kompetensi.")


class NothingToPublish(RuleBroken):
    message = N_("Draf ini belum memuat satu kompetensi pun.")


class VersionsOverlap(RuleBroken):
    field = "starts_on"
    message = N_(
        "Versi %(number)s sudah berlaku mulai %(day)s. Pilih tanggal mulai sesudahnya, agar "
        "keduanya tidak bertumpuk."
    )


class BackDated(RuleBroken):
    field = "starts_on"
    message = N_("Versi pengganti berlaku paling awal hari ini: yang sudah lewat tidak diubah.")


class BasisMissing(DomainError):
    field = "legal_basis"
    message = N_("Tulis dasar hukumnya, paling panjang 300 huruf.")


class ReasonMissing(DomainError):
    field = "reason"
    message = N_("Tulis alasannya, paling panjang 500 huruf.")


class UnknownPostType(DomainError):
    field = "post_type"
    message = N_("Jenis jabatan %(code)s tidak dikenal.")


class BadTitle(DomainError):
    field = "title"
    message = N_("Nama jabatan paling panjang 200 huruf.")


class TitleMissing(DomainError):
    field = "title"
    message = N_("Tulis nama jabatannya: standar satu unit berlaku untuk satu jabatan di sana.")


class NothingAsked(DomainError):
    message = N_("Isi paling sedikit satu level.")


class NothingToEnd(RuleBroken):
    message = N_("Tidak ada standar yang dapat diakhiri untuk jabatan ini.")


class StandardsOverlap(RuleBroken):
    field = "starts_on"
    message = N_(
        "Untuk %(post)s sudah ada standar yang mulai %(day)s. Pilih tanggal sesudahnya, atau "
        "tarik dahulu yang itu."
    )


class NotTheLatest(RuleBroken):
    message = N_("Hanya standar terakhir dari satu jabatan yang dapat ditarik.")


class UnknownDraft(NotFound):
    message = N_("Draf standar ini tidak ada di sini.")


class StandardDraftClosed(RuleBroken):
    message = N_("Draf ini sudah diterbitkan atau dibuang.")
