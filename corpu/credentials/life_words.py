"""What classes of revocation, standings and states are called."""

from flask_babel import lazy_gettext as _l

from corpu.credentials.life import ActKind, Asked, RevocationClass, Standing, Wished

CLASSES = {
    RevocationClass.IDENTITY: _l("Keliru orang"),
    RevocationClass.DATA: _l("Keliru data"),
    RevocationClass.REQUIREMENTS: _l("Syarat tidak terpenuhi"),
    RevocationClass.FRAUD: _l("Kecurangan"),
    RevocationClass.DUPLICATE: _l("Terbit dua kali"),
    RevocationClass.ORDER: _l("Perintah pengadilan atau inspektorat"),
    RevocationClass.OTHER: _l("Sebab lain"),
}
# What the choice means, for whoever revokes.
CLASS_HINTS = {
    RevocationClass.IDENTITY: _l("Terbit atas nama orang yang bukan pesertanya."),
    RevocationClass.DATA: _l("Isinya keliru dan tidak dapat dibetulkan. Bila dapat: betulkan."),
    RevocationClass.REQUIREMENTS: _l("Ternyata peserta belum memenuhi syarat kursusnya."),
    RevocationClass.FRAUD: _l("Misalnya kuis dikerjakan orang lain."),
    RevocationClass.DUPLICATE: _l("Untuk pelatihan yang sama sudah ada sertifikat lain."),
    RevocationClass.ORDER: _l("Sebut nomor putusan atau suratnya dalam alasan."),
    RevocationClass.OTHER: _l("Jelaskan dalam alasan."),
}
# The tag of a standing: words and kind.
STANDINGS = {
    Standing.VALID: (_l("Sah"), "ok"),
    Standing.EXPIRED: (_l("Habis berlaku"), "warn"),
    Standing.SUPERSEDED: (_l("Digantikan"), "none"),
    Standing.REVOKED: (_l("Dicabut"), "bad"),
}
ACTS = {ActKind.REVOKE: _l("Pencabutan"), ActKind.CORRECT: _l("Pembetulan")}
ASKED = {
    Asked.WAITING: _l("Menunggu persetujuan"),
    Asked.AGREED: _l("Disetujui"),
    Asked.REFUSED: _l("Ditolak"),
    Asked.WITHDRAWN: _l("Ditarik kembali"),
    Asked.LAPSED: _l("Gugur karena tidak dijawab"),
    Asked.OVERTAKEN: _l("Gugur karena sertifikatnya sudah berubah"),
}
WISHED = {
    Wished.WAITING: _l("Menunggu pengelola"),
    Wished.GRANTED: _l("Dibetulkan"),
    Wished.REFUSED: _l("Ditolak"),
    Wished.WITHDRAWN: _l("Ditarik kembali"),
    Wished.OVERTAKEN: _l("Gugur karena sertifikatnya dicabut"),
}
# What a correction may change, as people call it.
FIELDS = {
    "name": _l("Nama dengan gelar"),
    "nip": _l("NIP"),
    "post": _l("Jabatan saat itu"),
    "unit": _l("Unit saat itu"),
    "agency": _l("Instansi"),
    "course_title": _l("Judul kursus"),
    "started_on": _l("Mulai"),
    "completed_on": _l("Selesai"),
}
