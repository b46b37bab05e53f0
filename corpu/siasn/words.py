"""Where a record stands and why it does not go on, in words that say who can change it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from corpu.siasn.models import Problem, State, Stop
from corpu.siasn.queries import Line

STATES = {
    State.UNSENT: _l("Belum dikirim"),
    State.WAITING: _l("Menunggu"),
    State.SENT: _l("Terkirim"),
    State.FAILED: _l("Gagal"),
    State.DELETED: _l("Dihapus"),
}
TAGS = {
    State.UNSENT: ("none", "open"),
    State.WAITING: ("mine", "clock"),
    State.SENT: ("ok", "done"),
    State.FAILED: ("bad", "alert"),
    State.DELETED: ("none", "ban"),
}

WHY = {
    Problem.NO_NIP: _l("Pegawai ini belum punya NIP atau NI PPPK di sini."),
    Problem.UNKNOWN_NIP: _l("SIASN tidak mengenal NIP pegawai ini."),
    Problem.REFUSED: _l("SIASN menolak catatan ini."),
    Problem.NO_ANSWER: _l("SIASN tidak menjawab, atau jawabannya terputus."),
    Problem.UNREADABLE: _l("Jawaban SIASN tidak dapat dibaca."),
    Problem.NO_DOCUMENT: _l("PDF sertifikat belum dapat diambil dari penyimpanan."),
    Problem.EXAMPLE: _l("Sertifikat ini contoh dari peragaan dan tidak pernah dikirim."),
    Problem.FAULT: _l("Ada kesalahan di pihak kami saat mengirim."),
}
ACT = {
    Problem.NO_NIP: _l("Pengelola pegawai mencatat NIP-nya, lalu coba lagi."),
    Problem.UNKNOWN_NIP: _l("Pengelola kepegawaian mencocokkan NIP di sini dan di SIASN."),
    Problem.REFUSED: _l(
        "Baca kata SIASN. Bereskan, lalu coba lagi, atau catat dengan tangan di SIASN."
    ),
    Problem.NO_ANSWER: _l("Dicoba lagi dengan sendirinya; yang sudah tersimpan tidak digandakan."),
    Problem.UNREADABLE: _l("Dicoba lagi dengan sendirinya. Bila berulang, hubungi BKN."),
    Problem.NO_DOCUMENT: _l("Pengelola sistem memeriksa ruang disk dengan flask doctor."),
    Problem.EXAMPLE: _l("Tidak ada yang perlu dilakukan."),
    Problem.FAULT: _l("Pengelola sistem membaca catatan server, lalu coba lagi."),
}
STOPS = {
    Stop.TOKEN: _l(
        "Token SSO sudah kedaluwarsa. Pengelola sistem mengisi CORPU_SIASN_SSO_TOKEN yang baru "
        "dan menjalankan ulang server; setelah itu lanjutkan pengiriman."
    ),
    Stop.CREDENTIALS: _l(
        "BKN tidak menerima kunci instansi. Pengelola sistem memeriksa CORPU_SIASN_KEY dan "
        "CORPU_SIASN_SECRET; setelah itu lanjutkan pengiriman."
    ),
    Stop.FORBIDDEN: _l(
        "BKN menolak alamat atau kewenangan server ini. Mintalah BKN mendaftarkannya; setelah itu "
        "lanjutkan pengiriman."
    ),
}


def state(line: Line) -> str:
    """Where it stands; one that is to go says so."""
    if line.state is State.WAITING and line.is_to_go:
        return _("Menunggu dihapus")
    if line.state is State.FAILED and line.is_to_go:
        return _("Gagal dihapus")
    if line.state is State.SENT and line.record is not None and line.record.hand_reason:
        return _("Dicatat dengan tangan")
    return str(STATES[line.state])


def tag_of(line: Line) -> tuple[str, str]:
    """The kind and the icon of its tag."""
    return TAGS[line.state]
