"""What must not stand in running text: HTML, ticks that show a key, checks that went wrong."""

import re

from corpu.content.problems import Phrase, Problems
from corpu.content.syntax import QUESTION_MARKS, TICKED, without_code
from corpu.errors import N_

HTML = re.compile(
    r"(?<!\\)<(?:!--|!\[CDATA\[|![A-Za-z]|\?[A-Za-z]"
    r"|/?(?P<name>[A-Za-z][A-Za-z0-9-]*)(?=[\s/>])[^<>]*>?)"
)
FORMULA = re.compile(r"(?<![\w$\\])\$(?!\s)(?:\\.|[^\\$])+?(?<!\s)\$(?!\w)", re.DOTALL)

INSTEAD = {
    "b strong": N_("**tebal**"),
    "i em": N_("*miring*"),
    "a": N_("[teks](alamat)"),
    "img picture figure": N_("![apa yang terlihat](media/gambar.png)"),
    "video audio iframe source embed object": N_("![judul](media/video.mp4)"),
    "br": N_("dua spasi di akhir baris, atau paragraf baru"),
    "p div span section article center font": N_("baris kosong di antara paragraf"),
    "ul ol li": N_("baris yang diawali - atau 1."),
    "table thead tbody tr td th": N_("tabel dengan tanda |"),
    "h1 h2 h3 h4 h5 h6": N_("judul yang diawali ##"),
    "details summary": N_('??? note "Judul" dengan isi yang menjorok 4 spasi'),
    "code pre kbd samp": N_("`kode`, atau pagar ```"),
    "blockquote q": N_("baris yang diawali >"),
    "sub sup": N_("rumus, misalnya $x_2$ atau $x^2$"),
    "hr": N_("baris --- di antara dua baris kosong"),
    "u s del ins mark small": N_("**tebal** atau *miring*"),
}
OTHERWISE = N_("tulis &lt; bila itu tanda lebih kecil, atau apit dengan ` bila itu contoh kode")
COMMENT = N_("hapus; catatan untuk penulis lain simpan di luar kursus")


def instead_of(tag: str | None) -> Phrase:
    """The Markdown that does what this tag would have done."""
    if tag is None:
        return Phrase(COMMENT)
    for names, markdown in INSTEAD.items():
        if tag.lower() in names.split():
            return Phrase(markdown)
    return Phrase(OTHERWISE)


def inspect_leaf(text: str, line: int, path: str, problems: Problems) -> None:
    """Report what Python-Markdown would show, hide or misread in a piece of running text."""
    if "<" not in text and "[" not in text and "??" not in text and "!!" not in text:
        return
    bare = without_code(text)
    prose = FORMULA.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), bare)

    def at(position: int) -> int:
        return line + text.count("\n", 0, position)

    opened: set[str] = set()
    for match in HTML.finditer(prose):
        name = (match["name"] or "").lower()
        if match[0].startswith("</") and name in opened:
            continue  # said once, where it opens
        opened.add(name)
        problems.add(
            "raw-html",
            path,
            at(match.start()),
            tag=text[match.start() : match.end()],
            instead=instead_of(match["name"]),
        )
    if tick := TICKED.search(prose):
        problems.add("option-outside", path, at(tick.start()))
    if marks := QUESTION_MARKS.search(prose):
        problems.add("broken-check", path, at(marks.start()))
