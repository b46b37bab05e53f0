"""Words by which a language gives itself away, and text as a reader meets it."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Comment, Tag

INDONESIAN = frozenset(
    [
        "yang",
        "untuk",
        "dengan",
        "anda",
        "belum",
        "dari",
        "dan",
        "atau",
        "pada",
        "ini",
        "itu",
        "tidak",
        "akan",
        "sudah",
        "bila",
        "dalam",
        "oleh",
        "setelah",
        "sebelum",
        "kursus",
        "sertifikat",
        "kompetensi",
        "nilai",
        "soal",
        "halaman",
        "jawaban",
        "semua",
        "tahun",
        "peserta",
        "pegawai",
        "jabatan",
        "atasan",
        "pengelola",
        "pengajar",
        "buku",
        "katalog",
        "beranda",
        "masuk",
        "keluar",
        "simpan",
        "kembali",
        "lihat",
        "buka",
        "unduh",
        "menit",
        "selesai",
        "terbit",
        "dicabut",
        "berlaku",
        "percobaan",
        "sampai",
        "sejak",
        "paling",
        "hanya",
        "lagi",
        "juga",
        "saja",
        "ke",
        "di",
        "sebagai",
        "karena",
        "agar",
        "tulis",
        "pilih",
        "wajib",
        "ada",
        "adalah",
    ]
)
ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "you",
        "your",
        "with",
        "not",
        "this",
        "that",
        "from",
        "for",
        "is",
        "are",
        "was",
        "page",
        "question",
        "answer",
        "course",
        "certificate",
        "save",
        "back",
        "see",
        "open",
        "download",
        "minutes",
        "completed",
        "issued",
        "revoked",
        "until",
        "since",
        "learner",
        "supervisor",
        "instructor",
        "manager",
        "enter",
        "select",
        "must",
        "choice",
        "field",
        "invalid",
        "required",
    ]
)
OTHER = {"id": ENGLISH, "en": INDONESIAN}

SAID = ("alt", "aria-label", "placeholder", "title", "data-label")
# Words that both languages share, and names that stay as they are.
NAMES = re.compile(
    r"CorpU|SDGs?|ASN|English|Bahasa Indonesia|SIL Open Font License"
    r"|\{\w+(:\d+)?\}"  # the tokens of a number template
)


def foreign(text: str, language: str) -> set[str]:
    """The words in the text that only the other language has; a number in letters is none."""
    return set(re.findall(r"\b[a-z]+\b", NAMES.sub(" ", text).lower())) & OTHER[language]


def language_of(element: Tag) -> str:
    marked = element if element.has_attr("lang") else element.find_parent(attrs={"lang": True})
    return str(marked["lang"]) if marked else ""


def visible(page: BeautifulSoup, language: str) -> Iterator[str]:
    """Each text that the page shows in its own language; what is marked as another is not it,
    nor is what belongs to a course."""
    for text in page.find_all(string=True):
        element = text.parent
        if isinstance(text, Comment) or element.name in ("title", "option", "code", "pre"):
            continue
        if "avatar" in element.get("class", ()):  # the first letters of a name are no word
            continue
        if text.strip() and not _is_apart(element, language):
            yield " ".join(text.split())


def unmarkable(page: BeautifulSoup, language: str) -> Iterator[str]:
    """What has no place for a mark: attributes, the title of the window, what is picked from."""
    for element in page.find_all(True):
        if _is_apart(element, language):
            continue
        for name in SAID:
            if element.get(name):
                yield element[name]
        if element.name in ("title", "option"):
            yield " ".join(element.get_text().split())


def _is_apart(element: Tag, language: str) -> bool:
    marked = element if element.has_attr("lang") else element.find_parent(attrs={"lang": True})
    return marked is not None and (marked.name != "html" or marked["lang"] != language)
