"""What the findings on a QR are called: the same on pages, in the file and on the console."""

from flask_babel import lazy_gettext as _l

from corpu.credentials.checking import Finding
from corpu.credentials.life_words import CLASSES

TITLES = {
    Finding.HOLDS: _l("Tanda tangan QR ini berlaku"),
    Finding.WRONG: _l("QR ini diubah atau tiruan"),
    Finding.UNKNOWN_KEY: _l("Penanda tangan QR ini tidak dikenal"),
    Finding.COMPROMISED: _l("Kunci penanda tangan QR ini pernah bocor"),
    Finding.RETIRED: _l("Kunci QR ini sudah diganti sebelum tanggal terbitnya"),
    Finding.NOT_YET: _l("Kunci QR ini belum ada pada tanggal terbitnya"),
    Finding.EXPIRED: _l("Sertifikat ini sudah habis berlaku"),
    Finding.NOT_OURS: _l("Ini bukan isi QR sertifikat"),
    Finding.NEWER: _l("QR ini lebih baru daripada pemeriksa ini"),
    Finding.DAMAGED: _l("Isi QR ini tidak utuh"),
}
TEXTS = {
    Finding.HOLDS: _l(
        "Yang di bawah ini ditulis penerbit saat terbit. Cocokkan dengan kertas yang Anda pegang: "
        "bila berbeda, QR ini bukan milik kertas itu."
    ),
    Finding.WRONG: _l(
        "Tanda tangannya tidak cocok dengan isi dan alamatnya. Jangan dipakai sebagai bukti."
    ),
    Finding.UNKNOWN_KEY: _l(
        "Kuncinya tidak ada di antara kunci yang dipercaya di sini. QR ini tiruan, atau kuncinya "
        "lebih baru daripada daftar ini. Tanyakan kepada penerbit yang Anda kenal."
    ),
    Finding.COMPROMISED: _l(
        "Siapa pun yang memegang kunci itu dapat menulis tanggal apa pun, jadi tanda tangan saja "
        "tidak membuktikan apa-apa. Periksa kode di bawah QR pada halaman penerbit."
    ),
    Finding.RETIRED: _l("Jangan dipakai sebagai bukti sebelum penerbit memastikannya."),
    Finding.NOT_YET: _l("Jangan dipakai sebagai bukti sebelum penerbit memastikannya."),
    Finding.EXPIRED: _l(
        "Tanda tangannya berlaku dan isinya ditulis penerbit, tetapi menurut jam perangkat ini "
        "masa berlakunya sudah lewat."
    ),
    Finding.NOT_OURS: _l(
        "Isi QR sertifikat dimulai dengan alamat dan memuat tanda #. Sertifikat yang terbit lebih "
        "dahulu hanya memuat alamat: ketik kode di bawah QR pada halaman penerbit."
    ),
    Finding.NEWER: _l("Ambil berkas pemeriksa yang terbaru dari halaman penerbit."),
    Finding.DAMAGED: _l(
        "Ada huruf yang hilang atau berubah. Pindai sekali lagi, atau salin seluruh isinya."
    ),
}
# What the browser says besides.
MORE = {
    "ahead": _l(
        "Menurut jam perangkat ini, tanggal terbitnya belum tiba. Periksa dahulu jam perangkat."
    ),
    "demo": _l("CONTOH dari peragaan dengan orang rekaan. Tidak membuktikan apa pun."),
    "other_title": _l("Dokumen"),
    "key": _l("Kunci {kid} dari {owner}"),
    "asking": _l("Menanyakan kepada penerbit apakah sertifikat ini dicabut …"),
    "not_asked": _l(
        "Tidak ada jaringan, jadi belum diketahui apakah sertifikat ini dicabut sesudah terbit. "
        "Periksa lagi bila ada jaringan."
    ),
    "no_answer": _l(
        "Penerbit tidak menjawab, jadi belum diketahui apakah sertifikat ini dicabut sesudah "
        "terbit. Coba lagi, atau buka alamatnya."
    ),
    "elsewhere": _l(
        "Sertifikat ini diterbitkan instansi lain. Buka halaman penerbitnya untuk mengetahui "
        "apakah ia dicabut."
    ),
    "differs": _l("Catatan penerbit berbeda dari QR ini. Jangan dipakai sebagai bukti."),
    "valid": _l("Penerbit menjawab: tidak dicabut. Keadaan {at}."),
    "revoked": _l("Penerbit menjawab: DICABUT sejak {on}. Golongan alasan: {reason}."),
    "superseded": _l(
        "Penerbit menjawab: DIGANTIKAN sejak {on} karena pembetulan. Yang berlaku kini nomor "
        "{number}."
    ),
    "expired": _l("Penerbit menjawab: HABIS BERLAKU. Berlaku sampai {on}."),
    "unknown": _l("Penerbit tidak mengenal kode ini. Jangan dipakai sebagai bukti."),
    "no_camera": _l(
        "Kamera tidak dapat dibuka. Izinkan kamera untuk halaman ini, pilih foto, atau tempel "
        "isi QR."
    ),
    "looking": _l("Arahkan kamera ke QR sampai seluruhnya tampak."),
    "no_picture": _l("Berkas ini bukan gambar yang dapat dibaca. Pilih foto JPEG atau PNG."),
    "too_large": _l("Foto ini lebih dari 20 MB. Pilih foto yang lebih kecil."),
    "no_code": _l(
        "Tidak ada QR yang terbaca pada foto ini. Foto lagi dari dekat, lurus, dan terang."
    ),
    "old_browser": _l(
        "Peramban ini terlalu lama untuk memeriksa sendiri. Ketik kode di bawah QR, atau pakai "
        "peramban yang lebih baru."
    ),
    "empty": _l("Tempel dahulu isi QR."),
}


def sentences() -> dict[str, str]:
    """All of them in the language of the request, for the browser."""
    said = {f"{one.value}_title": str(TITLES[one]) for one in Finding}
    said |= {f"{one.value}_text": str(TEXTS[one]) for one in Finding}
    said |= {f"class_{one.value}": str(words) for one, words in CLASSES.items()}
    return said | {name: str(text) for name, text in MORE.items()}
