"""What this room calls things: acts and fields of the audit, states, posts, zones."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from corpu import i18n, vocabulary
from corpu.competency import words as competency_words
from corpu.credentials import life_words as certificate_words
from corpu.credentials.kinds import Kind
from corpu.credentials.life import ActKind, RevocationClass
from corpu.credentials.reasons import Reason
from corpu.credentials.waiting import DRAWING, GRADING
from corpu.esign import words as esign_words
from corpu.esign.models import State as Signing
from corpu.evaluation import words as evaluation_words
from corpu.ipasn import words as ipasn_words
from corpu.manage import document_words
from corpu.people.directory import State
from corpu.people.models import ActingKind
from corpu.people.post_words import post_type
from corpu.people.rules import printed_nip
from corpu.permissions import Role
from corpu.plans import words as plan_words
from corpu.plans.rules import State as PlanState
from corpu.siasn import words as siasn_words
from corpu.siasn.models import State as Sent
from corpu.standards.rules import Kind as FrameworkKind
from corpu.standards.words import competencies
from corpu.team.models import Subject
from corpu.ui import named
from corpu.zones import ZONE_LABELS

ACTIONS = {
    "person.created": _l("Pegawai dicatat"),
    "person.corrected": _l("Data pegawai dibetulkan"),
    "person.deactivated": _l("Akun dinonaktifkan"),
    "person.reactivated": _l("Akun diaktifkan kembali"),
    "account.link_made": _l("Tautan masuk dibuat"),
    "account.link_used": _l("Tautan masuk dipakai"),
    "account.password_changed": _l("Kata sandi diganti"),
    "account.signed_out_everywhere": _l("Semua perangkat dikeluarkan"),
    "posting.set": _l("Jabatan ditetapkan"),
    "supervisor.set": _l("Atasan ditetapkan"),
    "supervisor.ended": _l("Hubungan atasan diakhiri"),
    "role.assigned": _l("Peran diberikan"),
    "role.ended": _l("Peran diakhiri"),
    "unit.created": _l("Unit dibuat"),
    "unit.corrected": _l("Unit diubah"),
    "unit.archived": _l("Unit diarsipkan"),
    "unit.restored": _l("Unit diaktifkan kembali"),
    "issuer.changed": _l("Data penerbitan diubah"),
    "course.batched": _l("Kursus diterbitkan per angkatan"),
    "course.unbatched": _l("Kursus diterbitkan langsung lagi"),
    "batch.begun": _l("Sertifikat satu angkatan diterbitkan"),
    "batch.stopped": _l("Penerbitan angkatan dihentikan"),
    "batch.gone_on": _l("Penerbitan angkatan dilanjutkan"),
    "batch.exported": _l("Daftar angkatan diunduh"),
    "batch.mailed": _l("Pemegang sertifikat diberi tahu lewat surel"),
    "batch.zip_asked": _l("ZIP sertifikat satu angkatan disusun"),
    "batch.print_asked": _l("PDF cetak satu angkatan disusun"),
    "certificate.revoked": _l("Sertifikat dicabut"),
    "certificate.corrected": _l("Sertifikat dibetulkan"),
    "certificate.consent_asked": _l("Persetujuan orang kedua diminta"),
    "certificate.consent_agreed": _l("Permintaan disetujui orang kedua"),
    "certificate.consent_refused": _l("Permintaan ditolak orang kedua"),
    "certificate.consent_withdrawn": _l("Permintaan ditarik kembali"),
    "certificate.consent_lapsed": _l("Permintaan gugur karena tidak dijawab"),
    "certificate.wish_refused": _l("Pembetulan yang diminta pemiliknya ditolak"),
    "issuer.consent_set": _l("Persetujuan orang kedua diatur"),
    "course.validity_set": _l("Masa berlaku sertifikat kursus diatur"),
    "key.created": _l("Kunci tanda tangan dibuat"),
    "key.retired": _l("Kunci tanda tangan diganti"),
    "key.compromised": _l("Kunci tanda tangan ditandai bocor"),
    "key.trusted": _l("Kunci instansi lain dipercaya"),
    "key.distrusted": _l("Kepercayaan pada kunci instansi lain dicabut"),
    "esign.queued": _l("Dokumen diantrekan untuk TTE"),
    "esign.started": _l("Kumpulan dokumen mulai ditandatangani"),
    "esign.retried": _l("TTE dicoba lagi"),
    "esign.signed": _l("Dokumen ditandatangani secara elektronik"),
    "siasn.queued": _l("Sertifikat diantrekan ke SIASN"),
    "siasn.retried": _l("Pengiriman ke SIASN dicoba lagi"),
    "siasn.settled": _l("Catatan di SIASN berubah"),
    "siasn.marked": _l("Catatan SIASN ditandai dengan tangan"),
    "siasn.exported": _l("Daftar untuk SIASN diunduh"),
    **document_words.ACTIONS,
    "certificates.retried": _l("Sertifikat tertunda dicoba lagi"),
    "quiz.extra_time": _l("Tambahan waktu diberikan"),
    "claim.verified": _l("Catatan belajar diverifikasi"),
    "claim.refused": _l("Catatan belajar ditolak"),
    "hours.year_closed": _l("Buku JP setahun ditutup"),
    "competency.rated": _l("Kompetensi dinilai atasan"),
    "competency.rule_adopted": _l("Aturan skor kompetensi ditetapkan"),
    "competency.rule_stopped": _l("Penerapan aturan skor dihentikan"),
    "competency.rule_gone_on": _l("Penerapan aturan skor dilanjutkan"),
    "competency.evidence_corrected": _l("Bukti kompetensi dibetulkan"),
    "competency.certificate_counted": _l("Sertifikat luar menjadi bukti kompetensi"),
    "competency.peer_rated": _l("Kompetensi dinilai rekan"),
    "assessment.recorded": _l("Hasil uji kompetensi dicatat"),
    "competency.score_repaired": _l("Skor yang berbeda dari buktinya diperbaiki"),
    "framework.created": _l("Kamus kompetensi dibuat"),
    "framework.draft_started": _l("Draf kamus dimulai"),
    "framework.draft_discarded": _l("Draf kamus dibuang"),
    "framework.imported": _l("Draf kamus diisi dari tabel"),
    "framework.published": _l("Versi kamus diterbitkan"),
    "plan_template.set": _l("Templat rencana pengembangan ditetapkan"),
    "plan_template.withdrawn": _l("Templat rencana pengembangan ditarik"),
    "standard.set": _l("Standar jabatan ditetapkan"),
    "standard.withdrawn": _l("Standar jabatan ditarik"),
    "standard.draft_discarded": _l("Draf standar jabatan dibuang"),
    "standard.effect_exported": _l("Dampak draf standar diunduh"),
    "rule.effect_exported": _l("Dampak rancangan aturan diunduh"),
    "ipasn.recorded": _l("Data IP ASN dicatat"),
    "ipasn.withdrawn": _l("Data IP ASN ditarik"),
    "plan.submitted": _l("Rencana pengembangan diajukan"),
    "plan.withdrawn": _l("Rencana pengembangan ditarik kembali"),
    "plan.approved": _l("Rencana pengembangan disetujui"),
    "plan.sent_back": _l("Rencana pengembangan dikembalikan"),
    "plan.finished": _l("Rencana pengembangan ditutup"),
    "plan.goal_added": _l("Tujuan ditambahkan ke rencana pengembangan"),
    "plan.goal_removed": _l("Tujuan dihapus dari rencana pengembangan"),
    "evaluation.rule_set": _l("Aturan evaluasi kursus ditetapkan"),
    "evaluation.links_made": _l("Tautan evaluasi dibuat"),
    "evaluation.revoked": _l("Permintaan evaluasi ditarik"),
    "evaluation.indicator_recorded": _l("Indikator hasil kursus dicatat"),
    "evaluation.indicator_withdrawn": _l("Indikator hasil kursus ditarik"),
    "reminder.sent": _l("Pegawai diingatkan atasannya"),
    "delegation.begun": _l("Kewenangan atasan diserahkan"),
    "delegation.ended": _l("Penyerahan kewenangan diakhiri"),
    "acting.set": _l("Jabatan sementara ditetapkan"),
    "acting.ended": _l("Jabatan sementara diakhiri"),
    "essay.corrected": _l("Nilai uraian dikoreksi"),
    "jobs.retried": _l("Pekerjaan latar dicoba lagi"),
    "audit.exported": _l("Jejak audit diunduh"),
    "installation.set_up": _l("Instalasi disiapkan"),
}

# What keeps certificates waiting, as groups of a list (`credentials.waiting.GROUPS`).
CAUSES = {
    Reason.NO_ISSUER.value: _l("Tanpa unit penerbit"),
    Reason.NO_SIGNATORY.value: _l("Tanpa penanda tangan"),
    Reason.NO_PLACE.value: _l("Tanpa tempat penandatanganan"),
    Reason.BROKEN_TEMPLATE.value: _l("Pola nomor rusak"),
    Reason.NUMBER_TAKEN.value: _l("Nomor sudah dipakai"),
    Reason.UNPRINTABLE.value: _l("Huruf tidak dapat dicetak"),
    Reason.NO_REGISTRATION.value: _l("Tanpa kode registrasi LAN"),
    Reason.KEY_LOCKED.value: _l("Kunci tanda tangan terkunci"),
    Reason.BATCH.value: _l("Menunggu angkatan"),
    Reason.FAILED.value: _l("Kesalahan di pihak kami"),
    GRADING: _l("Menunggu penilaian"),
    DRAWING: _l("PDF belum dibuat"),
}

FIELDS = {
    "nip": _l("NIP"),
    "email": _l("Surel"),
    "title_before": _l("Gelar di depan"),
    "name": _l("Nama"),
    "title_after": _l("Gelar di belakang"),
    "is_active": _l("Akun aktif"),
    "expires_at": _l("Berlaku sampai"),
    "unit": _l("Unit"),
    "unit_id": _l("Unit"),
    "parent": _l("Unit di atasnya"),
    "parent_id": _l("Unit di atasnya"),
    "title": _l("Nama jabatan"),
    "post_type": _l("Jenis jabatan"),
    "grade": _l("Golongan"),
    "required_levels": _l("Level yang disyaratkan"),
    "started_on": _l("Mulai"),
    "ended_on": _l("Hari terakhir"),
    "supervisor": _l("Atasan"),
    "supervisor_id": _l("Atasan"),
    "principal": _l("Bertindak untuk"),
    "reminder": _l("Diingatkan tentang"),
    "role": _l("Peran"),
    "code": _l("Kode"),
    "timezone": _l("Zona waktu"),
    "archived_at": _l("Diarsipkan"),
    "retired_at": _l("Diganti"),
    "compromised_at": _l("Bocor sejak"),
    "keys": _l("Kunci"),
    "address": _l("Alamat"),
    "place": _l("Tempat"),
    "signatory_name": _l("Nama penanda tangan"),
    "signatory_nip": _l("NIP penanda tangan"),
    "signatory_post": _l("Jabatan penanda tangan"),
    "signatory_rank": _l("Pangkat penanda tangan"),
    "number_template": _l("Pola nomor"),
    "classification": _l("Kode klasifikasi"),
    **document_words.FIELDS,
    "unit_token": _l("Singkatan unit"),
    "revoked_at": _l("Dicabut"),
    "revocation_class": _l("Golongan alasan"),
    "asked_for": _l("Yang diminta"),
    "asked_by_name": _l("Diminta oleh"),
    "number": _l("Nomor"),
    "post": _l("Jabatan saat itu"),
    "course_title": _l("Judul kursus"),
    "completed_on": _l("Selesai"),
    "from_on": _l("Untuk yang selesai mulai"),
    "needs_consent": _l("Perlu orang kedua"),
    "consent_ends_at": _l("Masih perlu sampai"),
    "course": _l("Kursus"),
    "page": _l("Kuis"),
    "minutes": _l("Menit"),
    "attempts_extended": _l("Percobaan yang diperpanjang"),
    "competency": _l("Kompetensi"),
    "level": _l("Level"),
    "score": _l("Skor"),
    "capped": _l("Dibatasi"),
    "version": _l("Versi aturan"),
    "valid_from": _l("Berlaku sejak"),
    "mastery": _l("Batas penguasaan"),
    "retake": _l("Percobaan yang dipakai"),
    "cumulative": _l("Level di bawahnya"),
    "cap_assessment": _l("Paling tinggi dari ujian kursus"),
    "cap_external": _l("Paling tinggi dari sertifikat luar"),
    "valid_on": _l("Mulai berlaku"),
    "caps": _l("Level tertinggi dari ujian dan sertifikat luar"),
    "rating_months": _l("Bulan berlakunya penilaian atasan"),
    "people_done": _l("Pegawai yang sudah"),
    "plan_state": _l("Keadaan"),
    "text": _l("Tujuan"),
    "goals": _l("Tujuan"),
    "items": _l("Kegiatan"),
    "issued": _l("Terbit"),
    "waiting": _l("Masih menunggu"),
    "jobs": _l("Pekerjaan"),
    "rows": _l("Baris"),
    "state": _l("Keadaan"),
    "to_issue": _l("Akan diterbitkan"),
    "documents": _l("Dokumen"),
    "siasn": _l("Di SIASN"),
    "esign": _l("TTE"),
    "agency": _l("Instansi"),
    "ipasn": _l("Data IP ASN"),
    "ipasn_code": _l("Isi data"),
    "year": _l("Tahun"),
    "day_on": _l("Tanggal"),
    "jp": _l("JP"),
    "source": _l("Sumber"),
    "total": _l("Nilai total"),
    "qualification": _l("Kualifikasi"),
    "competence": _l("Kompetensi"),
    "performance": _l("Kinerja"),
    "discipline": _l("Disiplin"),
    "framework_kind": _l("Jenis kompetensi"),
    "version_number": _l("Versi"),
    "legal_basis": _l("Dasar hukum"),
    "months": _l("Bulan sesudah selesai"),
    "evaluation_form": _l("Bentuk pelatihan"),
    "links": _l("Tautan"),
    "asked_as": _l("Diminta sebagai"),
    "indicator": _l("Indikator"),
}

# What a key means in the entries of one act only.
FIELDS_OF = {
    ("ipasn.recorded", "title"): _l("Nama pelatihan"),
    ("ipasn.withdrawn", "title"): _l("Nama pelatihan"),
    ("acting.set", "title"): _l("Nama jabatan sementara"),
    ("acting.ended", "title"): _l("Nama jabatan sementara"),
    ("certificate.corrected", "name"): _l("Nama dengan gelar"),
    ("course.validity_set", "months"): _l("Berlaku berapa bulan"),
}

FRAMEWORK_KINDS = {
    FrameworkKind.TECHNICAL: _l("Teknis"),
    FrameworkKind.MANAGERIAL: _l("Manajerial"),
    FrameworkKind.SOCIOCULTURAL: _l("Sosial kultural"),
}

STATES = {
    State.ACTIVE: _l("Akun aktif"),
    State.NO_SUPERVISOR: _l("Tanpa atasan"),
    State.NO_PASSWORD: _l("Belum punya kata sandi"),
    State.NO_POST: _l("Tanpa jabatan"),
    State.INACTIVE: _l("Akun nonaktif"),
    State.ALL: _l("Semua"),
}

ROLES = {
    Role.LEARNER: _l("Peserta"),
    Role.SUPERVISOR: _l("Atasan"),
    Role.INSTRUCTOR: _l("Pengajar"),
    Role.MANAGER: _l("Pengelola"),
}

ACTING_KINDS = {
    ActingKind.PLT.value: _l("Pelaksana tugas (Plt.): jabatannya kosong"),
    ActingKind.PLH.value: _l("Pelaksana harian (Plh.): pejabatnya berhalangan sementara"),
    ActingKind.PJ.value: _l("Penjabat (Pj.): sampai ada pejabat definitif"),
}

SUBJECTS = {
    Subject.PLAN: _l("Rencana pengembangan"),
    Subject.HOURS: _l("Jam pelajaran"),
}

ZONES = {
    "Asia/Jakarta": _l("WIB, Jakarta"),
    "Asia/Pontianak": _l("WIB, Pontianak"),
    "Asia/Makassar": _l("WITA, Makassar"),
    "Asia/Jayapura": _l("WIT, Jayapura"),
}
assert set(ZONES) == set(ZONE_LABELS)

# kept as exact text, read with the comma or point of the reader
NUMBERS = (
    "score",
    "mastery",
    "jp",
    "total",
    "qualification",
    "competence",
    "performance",
    "discipline",
)

RULE_WORDS = {
    "retake": {kind.value: words for kind, words in competency_words.RETAKES.items()},
    "cumulative": {kind.value: words for kind, words in competency_words.LOWER_LEVELS.items()},
}

SHORT_OF = {"unit_id": "unit", "supervisor_id": "supervisor", "parent_id": "parent"}


def action(code: str) -> str:
    """The act in words; one that this room does not know is named by its code."""
    return str(ACTIONS.get(code, code))


def field(key: str, act: str = "") -> str:
    """A field in words, as an act means it; an unknown one by its key."""
    return str(FIELDS_OF.get((act, key)) or FIELDS.get(key, key))


def post_types() -> dict[str, str]:
    """Every post type whose level is known, highest first as in the regulation."""
    levels = vocabulary.load("competencies")["required_level_default"]
    return {code: post_type(code) for code in levels}


def value(key: str, found: Any, names: Mapping[str, str], zone: str) -> str:
    """A value of an audit entry as people read it. `names` knows units and people by id."""
    if found is None or found == "":
        return "–"
    if isinstance(found, bool):
        return gettext("ya") if found else gettext("tidak")
    if isinstance(found, dict) and key == "caps":
        return ", ".join(f"{field(f'cap_{kind}')} {level}" for kind, level in sorted(found.items()))
    if isinstance(found, dict):
        known = competencies() if key == "required_levels" else {}
        return ", ".join(
            f"{named(known[code]) if code in known else code} {level}"
            for code, level in sorted(found.items())
        )
    text = str(found)
    if key in SHORT_OF:
        return names.get(text, text)
    if key == "post_type":
        return post_type(text)
    if key == "role" and text in set(Role):
        return str(ROLES[Role(text)])
    if key == "competency" and text in competencies():
        return named(competencies()[text])
    if key == "framework_kind" and text in set(FrameworkKind):
        return str(FRAMEWORK_KINDS[FrameworkKind(text)])
    if key in NUMBERS:
        return _exact(text)
    if key == "ipasn":
        return ipasn_words.kind(text)
    if key == "ipasn_code":
        return ipasn_words.code(text)
    if key == "evaluation_form":
        return str(evaluation_words.FORMS.get(text, text))
    if key == "asked_as":
        return evaluation_words.role(text)
    if key == "reminder" and text in set(Subject):
        return str(SUBJECTS[Subject(text)])
    if key == "revocation_class" and text in set(RevocationClass):
        return str(certificate_words.CLASSES[RevocationClass(text)])
    if key == "asked_for" and text in set(ActKind):
        return str(certificate_words.ACTS[ActKind(text)])
    if key == "esign" and text in set(Signing):
        return str(esign_words.STATES[Signing(text)])
    if key == "siasn" and text in set(Sent):
        return str(siasn_words.STATES[Sent(text)])
    if key == "plan_state" and text in set(PlanState):
        return str(plan_words.STATES[PlanState(text)])
    if key == "document_kind" and text in set(Kind):
        return str(document_words.KINDS[Kind(text)])
    if key == "timezone":
        return str(ZONES.get(text, text))
    if key in ("nip", "signatory_nip"):
        return printed_nip(text)
    if key.endswith("_on"):
        return _read(text, date, lambda day: i18n.day(day))
    if key in RULE_WORDS and text in RULE_WORDS[key]:
        return str(RULE_WORDS[key][text])
    if key.endswith("_at") or key == "valid_from":
        return _read(text, datetime, lambda moment: i18n.moment(moment, zone).striptags())
    return text


def changes(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    names: Mapping[str, str],
    zone: str,
    act: str = "",
) -> list[tuple[str, str, str]]:
    """(field, old, new) in words, for what the entry of an act says has changed."""
    old, new = dict(before or {}), dict(after or {})
    for key, short in SHORT_OF.items():
        if key in old or key in new:  # the name of that day stands beside the identifier
            old.pop(short, None)
            new.pop(short, None)
    keys = [key for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key)]
    return [
        (
            field(key, act),
            value(key, old.get(key), names, zone),
            value(key, new.get(key), names, zone),
        )
        for key in keys
    ]


def _read(text: str, kind: Any, write: Any) -> str:
    try:
        return str(write(kind.fromisoformat(text)))
    except ValueError:
        return text


def _exact(text: str) -> str:
    try:
        return i18n.number(Decimal(text))
    except InvalidOperation:
        return text


def day(found: date) -> str:
    """A day as it is written everywhere."""
    return i18n.day(found)
