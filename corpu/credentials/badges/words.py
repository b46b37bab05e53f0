"""What the findings on a digital credential are called, on pages and on the console."""

from flask_babel import lazy_gettext as _l

from corpu.credentials.badges.checking import Finding
from corpu.credentials.badges.verdicts import Record

TITLES = {
    Finding.HOLDS: _l("Tanda tangan kredensial ini berlaku"),
    Finding.NOT_ONE: _l("Ini bukan kredensial digital yang dapat kami baca"),
    Finding.WRONG: _l("Kredensial ini diubah atau tiruan"),
    Finding.UNKNOWN_KEY: _l("Penanda tangan kredensial ini tidak dikenal"),
    Finding.COMPROMISED: _l("Kunci penanda tangan kredensial ini pernah bocor"),
    Finding.RETIRED: _l("Kunci kredensial ini sudah diganti sebelum ditandatangani"),
    Finding.NOT_YET: _l("Kredensial ini ditandatangani pada waktu yang belum tiba"),
    Finding.EXPIRED: _l("Masa berlaku kredensial ini sudah habis"),
}
TEXTS = {
    Finding.HOLDS: _l("Yang di bawah ini ditulis dan ditandatangani penerbitnya."),
    Finding.NOT_ONE: _l(
        "Pilih berkas .json atau .jwt yang diunduh dari dompet sertifikat, atau tempel seluruh "
        "isinya. Yang terpotong atau berasal dari program lain tidak dapat diperiksa di sini."
    ),
    Finding.WRONG: _l("Tanda tangannya tidak cocok dengan isinya. Jangan dipakai sebagai bukti."),
    Finding.UNKNOWN_KEY: _l(
        "Kuncinya tidak ada di antara kunci yang dipercaya di sini. Kredensial ini tiruan, atau "
        "dari instansi yang belum kami percaya. Tanyakan kepada penerbit yang Anda kenal."
    ),
    Finding.COMPROMISED: _l(
        "Siapa pun yang memegang kunci itu dapat menulis tanggal apa pun. Minta pemiliknya "
        "mengunduh yang baru, atau periksa kode sertifikatnya pada halaman penerbit."
    ),
    Finding.RETIRED: _l("Jangan dipakai sebagai bukti sebelum penerbit memastikannya."),
    Finding.NOT_YET: _l(
        "Jam penerbit atau jam server ini keliru, atau kredensialnya. Jangan dipakai sebagai bukti "
        "sebelum penerbit memastikannya."
    ),
    Finding.EXPIRED: _l("Sertifikatnya pernah berlaku. Minta pemiliknya memperbaruinya."),
}
EMPTY = _l("Pilih berkas kredensialnya, atau tempel isinya.")
TOO_LARGE = _l("Berkas ini lebih dari 64 KB; kredensial kami tidak pernah sebesar itu.")
UNKNOWN_NAME = _l("tidak tertulis di dalamnya; lihat halaman penerbit")
ASKED = {
    Record.VALID: _l("Catatan kami: tidak dicabut. Keadaan {at}."),
    Record.REVOKED: _l("Catatan kami: DICABUT sejak {on}. Sebab: {reason}."),
    Record.SUPERSEDED: _l(
        "Catatan kami: DIGANTIKAN oleh sertifikat yang dibetulkan. Minta kredensial yang baru."
    ),
    Record.UNKNOWN: _l("Kode sertifikatnya tidak ada pada kami. Jangan dipakai sebagai bukti."),
    Record.DIFFERS: _l("Catatan kami berbeda dari kredensial ini. Jangan dipakai sebagai bukti."),
    Record.ELSEWHERE: _l(
        "Sertifikat ini diterbitkan instansi lain. Buka halaman penerbitnya untuk mengetahui "
        "apakah ia dicabut."
    ),
}
