"""What evaluation says: its items, bands, quadrants and sides, in words of our own."""

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from corpu.evaluation.models import Role
from corpu.evaluation.rules import Quadrant

ITEMS = {
    "relevance": _l("Materi sesuai dengan kebutuhan pekerjaan"),
    "clarity": _l("Bahan belajar mudah dipahami"),
    "method": _l("Cara belajar cocok dengan materinya"),
    "time": _l("Waktu cukup untuk mempelajari materi"),
    "committee": _l("Penyelenggara cepat membantu"),
    "test_time": _l("Waktu tugas, kuis, dan ujian cukup"),
    "reach": _l("Fasilitas mudah dijangkau"),
    "ease": _l("Fasilitas mudah dipakai"),
    "menu": _l("Menu mudah dipakai"),
    "always": _l("Dapat dibuka kapan pun"),
    "food": _l("Makanan dan minuman"),
    "room": _l("Ruang kelas"),
    "dormitory": _l("Asrama"),
    "mastery": _l("Pengajar menguasai materi"),
    "delivery": _l("Pengajar menyampaikan dengan jelas"),
    "interaction": _l("Pengajar menghidupkan tanya jawab"),
    "punctuality": _l("Pengajar tepat waktu"),
    "guidance": _l("Pengajar membimbing juga dari jauh"),
    "motivation": _l("Pengajar menumbuhkan semangat belajar"),
    "placed": _l("Tugasnya sekarang memerlukan yang dipelajari"),
    "applied": _l("Yang dipelajari diterapkan dalam pekerjaan"),
    "shared": _l("Yang dipelajari dibagikan kepada rekan"),
    "speed": _l("Pekerjaan selesai lebih cepat atau lebih lancar"),
    "initiative": _l("Lebih berinisiatif mencari cara yang lebih baik"),
    "quality": _l("Hasil kerjanya lebih baik"),
    "service": _l("Layanan unit kepada warga atau unit lain membaik"),
    "example": _l("Cara kerjanya ditiru atau dijadikan cara kerja unit"),
}

SECTIONS = {
    "transfer": _l("Penempatan dan penerapan"),
    "behaviour": _l("Perubahan perilaku"),
    "impact": _l("Dampak bagi unit"),
}

BANDS = {
    "very_good": _l("Sangat baik"),
    "good": _l("Baik"),
    "fair": _l("Cukup"),
    "poor": _l("Kurang"),
    "bad": _l("Sangat kurang"),
}

QUADRANTS = {
    Quadrant.IMPROVE: (_l("Perbaiki lebih dahulu"), _l("Penting, tetapi kenyataannya belum baik.")),
    Quadrant.KEEP: (_l("Pertahankan"), _l("Penting, dan kenyataannya baik.")),
    Quadrant.EXCESS: (_l("Mungkin berlebih"), _l("Kurang penting, kenyataannya baik.")),
    Quadrant.LOW: (_l("Prioritas rendah"), _l("Kurang penting, kenyataannya belum baik.")),
}

FORMS = {
    "elearning": _l("Pembelajaran mandiri daring"),
    "distance": _l("Pelatihan jarak jauh"),
    "boarding": _l("Tatap muka dengan asrama"),
    "classroom": _l("Tatap muka tanpa asrama"),
}

ROLES = {
    Role.SELF: _l("Alumnus sendiri"),
    Role.SUPERVISOR: _l("Atasan"),
    Role.PEER: _l("Rekan"),
    Role.SUBORDINATE: _l("Bawahan"),
}


def role(text: str) -> str:
    """How somebody is asked, in words; what is unknown by its code."""
    return str(ROLES[Role(text)]) if text in set(Role) else text


def period(day: date | None) -> str:
    """`Semester 2 tahun 2026`; every batch together where there is no day."""
    if day is None:
        return gettext("Semua angkatan")
    return gettext(
        "Semester %(half)s tahun %(year)s", half=1 if day.month == 1 else 2, year=day.year
    )
