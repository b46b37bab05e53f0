"""The invented people of the demo: one province, six units, sixty civil servants.

Names are put together freely; each number has a valid form and a serial from 900 on, so
that it is nobody's. The one exception is the instructor named by the shipped courses.
"""

from dataclasses import dataclass
from random import Random

AGENCY = "Pemerintah Provinsi Jawa Timur"
AGENCY_SHORT = "Jawa Timur"
REGION = "35"
ZONE = "Asia/Jakarta"
PASSWORD = "belajar-sepanjang-hayat"

# code → (name, code of the unit above, what its people do)
UNITS = {
    "BPSDM": ("Badan Pengembangan Sumber Daya Manusia", None, "Pengembangan Kompetensi"),
    "BAPPEDA": ("Badan Perencanaan Pembangunan Daerah", None, "Perencanaan Pembangunan"),
    "DPRKPCK": (
        "Dinas Perumahan Rakyat, Kawasan Permukiman dan Cipta Karya",
        None,
        "Air Minum dan Sanitasi",
    ),
    "DINKES": ("Dinas Kesehatan", None, "Kesehatan Masyarakat"),
    "DPMPTSP": (
        "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu",
        None,
        "Pelayanan Perizinan",
    ),
    "UPT-AM": ("UPT Pengelolaan Air Minum Regional", "DPRKPCK", "Operasi Air Minum"),
}

# Ten people a unit, the head first. The post of each place in the unit follows PLACES.
NAMES = {
    "BPSDM": [
        ("Dr.", "Endang Sulistyowati", "M.Si."),
        ("", "Agus Priyanto", "S.T., M.T."),
        ("", "Ratna Wulandari", "S.Sos., M.AP."),
        ("", "Bambang Hariyadi", "S.E."),
        ("", "Siti Maesaroh", "S.Pd."),
        ("", "Yohanes Kristianto", "S.Kom."),
        ("", "Nur Hidayati", "A.Md."),
        ("", "Slamet", ""),
        ("", "Dewi Anggraini", "S.Psi."),
        ("", "Fajar Nugroho", "S.AP."),
    ],
    "BAPPEDA": [
        ("Ir.", "Hendro Wicaksono", "M.T."),
        ("", "Moh. Hasan Basri", "S.T., M.Sc."),
        ("", "Lilik Indrawati", "S.E., M.M."),
        ("", "Teguh Santoso", "S.Si."),
        ("", "Maria Goreti Uran", "S.P."),
        ("", "Achmad Fauzi", "S.T."),
        ("", "Rina Kusumawati", "S.Stat."),
        ("", "I Wayan Sudarsana", "S.E."),
        ("", "Kartika Ayu Lestari", "S.PWK."),
        ("", "Dimas Prasetyo", "S.T."),
    ],
    "DPRKPCK": [
        ("Ir.", "Suryo Atmojo", "M.M."),
        ("", "Wahyu Setyaningsih", "S.T., M.T."),
        ("", "Zainal Arifin", "S.T."),
        ("", "Putri Handayani", "S.T."),
        ("", "Mat Sa’i", "S.T."),
        ("", "Arif Rahman Hakim", "S.T."),
        ("", "Yuliana Tambunan", "A.Md.T."),
        ("", "Joko Susilo", "S.T."),
        ("", "Nanik Suprihatin", "S.T."),
        ("", "Galih Permana", "A.Md.T."),
    ],
    "DINKES": [
        ("dr.", "Retno Palupi", "M.Kes."),
        ("dr.", "Abdul Karim Siregar", "M.K.M."),
        ("", "Sri Wahyuni", "S.K.M., M.Kes."),
        ("", "Eko Budi Utomo", "S.K.M."),
        ("", "Hj. Nurul Aini", "S.Kep., Ns."),
        ("", "Theresia Wanma", "S.K.M."),
        ("", "Rahmat Hidayat", "A.Md.Kes."),
        ("", "Lestari Ningrum", "S.Gz."),
        ("", "Bagus Wijanarko", "S.K.M."),
        ("", "Umi Kulsum", "A.Md.Keb."),
    ],
    "DPMPTSP": [
        ("", "Aris Munandar", "S.H., M.H."),
        ("", "Fitri Rahmawati", "S.E., M.AP."),
        ("", "Gunawan Sitompul", "S.H."),
        ("", "Indah Permatasari", "S.AP."),
        ("", "Samsul Bahri", "S.H."),
        ("", "Novita Dwi Cahyani", "S.I.Kom."),
        ("", "Made Ayu Pertiwi", "S.E."),
        ("", "Rizky Ramadhan", "S.Kom."),
        ("", "Sulastri", ""),
        ("", "Daniel Mandacan", "S.AP."),
    ],
    "UPT-AM": [
        ("", "Hariyono", "S.T., M.Eng."),
        ("", "Puspita Sari Dewi", "S.T."),
        ("", "Imam Ghozali", "S.T."),
        ("", "Wiwik Andayani", "S.T."),
        ("", "Taufik Kurniawan", "A.Md.T."),
        ("", "Anastasia Wulan", "S.Si."),
        ("", "Purnomo", ""),
        ("", "Riska Amelia", "A.Md.T."),
        ("", "Hendrik Lumban Gaol", "S.T."),
        ("", "Suyatno", ""),
    ],
}


@dataclass(frozen=True)
class Place:
    """A place in a unit: post type, title with the unit's task, and whose line it is in."""

    post_type: str
    title: str
    grade: str
    above: int | None  # index of the supervisor's place in the same unit


PLACES = (
    Place("JPT_PRATAMA", "Kepala {unit}", "IV/c", None),
    Place("ADMINISTRATOR", "Kepala Bidang {task}", "IV/a", 0),
    Place("ADMINISTRATOR", "Sekretaris", "IV/a", 0),
    Place("PENGAWAS", "Kepala Subbidang {task}", "III/d", 1),
    Place("PENGAWAS", "Kepala Subbagian Umum dan Kepegawaian", "III/d", 2),
    Place("JF_MU", "Analis {task} Ahli Muda", "III/d", 1),
    Place("JF_PT", "Analis {task} Ahli Pertama", "III/b", 3),
    Place("PELAKSANA", "Pengolah Data {task}", "II/d", 3),
    Place("JF_PT", "Analis {task} Ahli Pertama", "IX", 3),
    Place("PELAKSANA", "Pengadministrasi Perkantoran", "VII", 4),
)
# The heads of units answer to the head of BPSDM's agency line: the UPT to its dinas.
HEADS_ABOVE = {"UPT-AM": ("DPRKPCK", 1)}

INSTRUCTOR_NIP = "197803142005011901"  # `authors` of the shipped courses
INSTRUCTOR = ("BPSDM", 1)
SECOND_INSTRUCTOR = ("BPSDM", 5)
MANAGER = ("BPSDM", 4)
UNIT_MANAGER = ("DINKES", 4)
LEARNER = ("DPRKPCK", 6)
# course → days before the present on which the demo's learner began it
LEARNERS_PLAN = (
    ("dasar-sdgs", 320),
    ("pelayanan-tanpa-korupsi", 150),
    ("air-bersih-untuk-semua", 5),
)
SUPERVISOR = ("DPRKPCK", 3)


def number_for(unit: str, place: int) -> str:
    """A NIP, or an NI PPPK where the grade is one of PPPK: serial 900 to 999, always the same."""
    if (unit, place) == INSTRUCTOR:
        return INSTRUCTOR_NIP
    random = Random(f"{unit}/{place}")
    order = list(UNITS).index(unit) * 10 + place
    contract = PLACES[place].grade in ("IX", "VII")
    born = random.randint(1968, 1978) if place < 3 else random.randint(1976, 1996)
    month, day = random.randint(1, 12), random.randint(1, 28)
    sex = random.choice("12")
    serial = 900 + order + (1 if order >= 1 else 0)
    birth = f"{born}{month:02}{day:02}"
    if contract:
        return f"{birth}{random.randint(2021, 2024)}21{sex}{serial:03}"
    appointed = min(born + random.randint(23, 28), 2022)
    return f"{birth}{appointed}{random.randint(1, 12):02}{sex}{serial:03}"


def who_plays() -> dict[str, str]:
    """The number of the person that the demo's sign-in page enters as, by role."""
    return {
        "learner": number_for(*LEARNER),
        "instructor": INSTRUCTOR_NIP,
        "supervisor": number_for(*SUPERVISOR),
        "manager": number_for(*MANAGER),
    }


def email_for(name: str) -> str:
    plain = "".join(c for c in name.casefold() if c.isalpha() or c == " ")
    return ".".join(plain.split()) + "@jatim.example"
