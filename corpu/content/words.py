"""The few words that the renderer adds to a page, in the language of the course itself.

They are content, not interface: a page reads the same for every learner.
"""

from collections.abc import Mapping

INDONESIAN = {
    "note": "Catatan",
    "info": "Informasi",
    "tip": "Kiat",
    "important": "Penting",
    "warning": "Perhatian",
    "danger": "Bahaya",
    "success": "Hasil baik",
    "example": "Contoh",
    "question": "Pertanyaan",
    "quote": "Kutipan",
    "back": "Kembali ke teks, catatan",
    "table": "Tabel",
    "formula": "Rumus",
    "captions": "Teks",
    "download": "Unduh",
    "comma": ",",
}
ENGLISH = {
    "note": "Note",
    "info": "Information",
    "tip": "Tip",
    "important": "Important",
    "warning": "Warning",
    "danger": "Danger",
    "success": "Good result",
    "example": "Example",
    "question": "Question",
    "quote": "Quotation",
    "back": "Back to the text, note",
    "table": "Table",
    "formula": "Formula",
    "captions": "Captions",
    "download": "Download",
    "comma": ".",
}


def words(language: str) -> Mapping[str, str]:
    """Indonesian for Indonesian and regional languages, English for English."""
    return ENGLISH if language.lower().split("-")[0] == "en" else INDONESIAN
