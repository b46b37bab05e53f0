"""Where a document stands and why it is not signed yet, in words that say who can change it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from corpu.esign.models import Problem, State
from corpu.esign.queries import Line

STATES = {
    State.UNSIGNED: _l("Belum TTE"),
    State.WAITING: _l("Menunggu"),
    State.SIGNED: _l("Ditandatangani"),
    State.FAILED: _l("Gagal"),
}
TAGS = {
    State.UNSIGNED: ("none", "open"),
    State.WAITING: ("mine", "clock"),
    State.SIGNED: ("ok", "done"),
    State.FAILED: ("bad", "alert"),
}
WHY = {
    Problem.WRONG_PASSPHRASE: _l("Frasa sandi tidak cocok."),
    Problem.CERTIFICATE: _l("Sertifikat elektronik penanda tangan tidak berlaku."),
    Problem.UNKNOWN_SIGNER: _l("BSrE tidak mengenal NIK penanda tangan."),
    Problem.CREDENTIALS: _l("Layanan TTE menolak server ini."),
    Problem.KEY: _l("Berkas kunci TTE tidak dapat dipakai."),
    Problem.REFUSED: _l("Layanan TTE menolak dokumen ini."),
    Problem.NO_ANSWER: _l("Layanan TTE tidak menjawab, atau jawabannya terputus."),
    Problem.NO_TIME: _l("Server penanda waktu tidak memberi waktu."),
    Problem.UNREADABLE: _l("Jawaban layanan TTE bukan PDF yang dapat dibaca."),
    Problem.ALTERED: _l("Yang dikembalikan layanan TTE bukan dokumen kami yang ditandatangani."),
    Problem.NO_DOCUMENT: _l("PDF sertifikat belum dapat dibuat atau dibaca."),
    Problem.NO_SPACE: _l("Berkas yang ditandatangani tidak dapat disimpan."),
    Problem.EXAMPLE: _l("Sertifikat ini contoh dari peragaan dan tidak pernah dikirim."),
    Problem.REVOKED: _l("Sertifikat ini dicabut sebelum ditandatangani."),
    Problem.FAULT: _l("Ada kesalahan di pihak kami saat menandatangani."),
}
ACT = {
    Problem.WRONG_PASSPHRASE: _l("Periksa, lalu masukkan sekali lagi."),
    Problem.CERTIFICATE: _l("Penanda tangan memperbaruinya, lalu masukkan frasa sandi lagi."),
    Problem.UNKNOWN_SIGNER: _l("Periksa NIK-nya, atau daftarkan penanda tangan ke BSrE."),
    Problem.CREDENTIALS: _l("Pengelola sistem memeriksa CORPU_TTE_USER dan CORPU_TTE_PASSWORD."),
    Problem.KEY: _l("Pengelola sistem menjalankan flask doctor."),
    Problem.REFUSED: _l("Baca kata layanan itu, bereskan, lalu coba lagi."),
    Problem.NO_ANSWER: _l("Dicoba lagi dengan sendirinya."),
    Problem.NO_TIME: _l("Dicoba lagi dengan sendirinya."),
    Problem.UNREADABLE: _l("Dicoba lagi dengan sendirinya. Bila berulang, hubungi BSrE."),
    Problem.ALTERED: _l("Tidak disimpan. Pengelola sistem memeriksa alamat layanannya."),
    Problem.NO_DOCUMENT: _l("Pengelola sistem memeriksa server dengan flask doctor."),
    Problem.NO_SPACE: _l("Pengelola sistem mengosongkan ruang disk; dicoba lagi sendiri."),
    Problem.EXAMPLE: _l("Tidak ada yang perlu dilakukan."),
    Problem.REVOKED: _l("Tidak ada yang perlu dilakukan."),
    Problem.FAULT: _l("Pengelola sistem membaca catatan server, lalu coba lagi."),
}


def state(line: Line, asks: bool) -> str:
    """Where it stands; of one that waits, for what."""
    if line.state is State.WAITING and line.is_at_work:
        return _("Sedang ditandatangani")
    if line.state is State.WAITING and asks:
        return _("Menunggu frasa sandi")
    return str(STATES[line.state])


def tag_of(line: Line) -> tuple[str, str]:
    """The kind and the icon of its tag."""
    return TAGS[line.state]


def why(line: Line) -> str:
    """Why it does not go on, and who acts; empty where it does."""
    if line.document is None or line.document.problem is None or line.state is State.SIGNED:
        return ""
    return f"{WHY[line.document.problem]} {ACT[line.document.problem]}"
