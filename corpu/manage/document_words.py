"""Words about documents, their templates, numbers and registrations."""

from flask_babel import lazy_gettext as _l

from corpu.credentials.designs import Language, Orientation, Registration, Signing
from corpu.credentials.kinds import Kind

KINDS = {
    Kind.CERTIFICATE: _l("Sertifikat"),
    Kind.STTP: _l("STTP"),
    Kind.STATEMENT: _l("Surat keterangan"),
    Kind.CHARTER: _l("Piagam"),
}


def kind_within(kind: Kind) -> str:
    """The name of a kind inside a sentence: an abbreviation stays as it is."""
    said = str(KINDS[kind])
    return said if said.isupper() else said.lower()


ORIENTATIONS = {
    Orientation.LANDSCAPE: _l("Mendatar"),
    Orientation.PORTRAIT: _l("Tegak"),
}
LANGUAGES = {
    Language.INDONESIAN: _l("Indonesia"),
    Language.ENGLISH: _l("Inggris"),
    Language.BOTH: _l("Indonesia, dengan Inggris di bawahnya"),
}
SIGNINGS = {
    Signing.UNIT: _l("Penanda tangan unit penerbit pada harinya"),
    Signing.OWN: _l("Penanda tangan yang ditulis di templat ini"),
    Signing.NONE: _l("Tanpa tanda tangan: dokumennya menyatakan terbit secara elektronik"),
}
REGISTRATIONS = {
    Registration.NEVER: _l("Tidak dicetak"),
    Registration.IF_THERE: _l("Dicetak bila ada"),
    Registration.REQUIRED: _l("Wajib: sertifikat menunggu sampai kodenya dicatat"),
}
ACTIONS = {
    "certificate_template.saved": _l("Draf templat sertifikat disimpan"),
    "certificate_template.published": _l("Versi templat sertifikat diterbitkan"),
    "certificate_template.discarded": _l("Draf templat sertifikat dibuang"),
    "certificate_template.archived": _l("Templat sertifikat ditarik"),
    "template_picture.added": _l("Gambar templat ditambahkan"),
    "document_kind.set": _l("Ketentuan jenis dokumen ditetapkan"),
    "course_template.set": _l("Templat sertifikat kursus ditetapkan"),
    "number.voided": _l("Nomor dibatalkan"),
    "registration.recorded": _l("Kode registrasi LAN dicatat"),
}
FIELDS = {
    "allow_unsigned": _l("Boleh tanpa tanda tangan"),
    "document_kind": _l("Jenis dokumen"),
    "template": _l("Templat"),
    "template_version": _l("Versi templat"),
    "numbers": _l("Nomor"),
    "width": _l("Lebar, piksel"),
    "height": _l("Tinggi, piksel"),
    "registration": _l("Kode registrasi LAN"),
    "sourced_on": _l("Tanggal sumber"),
}
