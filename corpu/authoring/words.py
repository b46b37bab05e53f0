"""The sentences of the instructor's room."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from flask_babel import gettext, ngettext
from markupsafe import Markup

from corpu.assessment.gain import Gain
from corpu.assessment.sheets import TYPE_WORDS
from corpu.authoring.queries import Outcome, Published
from corpu.authoring.rules import QuestionRow, Step
from corpu.i18n import number
from corpu.ui import said


def participant(code: str) -> str:
    """What an answer's author is called while it is graded."""
    return gettext("Peserta %(code)s", code=code)


def finding(waiting: int) -> str:
    """What the page of one's courses says in one line."""
    if not waiting:
        return gettext("Tidak ada jawaban yang menunggu Anda")
    return ngettext(
        "%(num)s jawaban menunggu penilaian Anda",
        "%(num)s jawaban menunggu penilaian Anda",
        waiting,
    )


def percent(part: Decimal | int, whole: Decimal | int = 1) -> str:
    """`66,7%`; one decimal, half up."""
    share = (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return gettext("%(share)s%%", share=number(share))


def of_points(mean_share: Decimal) -> str:
    """`66,7% dari poin`"""
    return gettext("%(share)s dari poin", share=percent(mean_share))


def points(value: Decimal) -> str:
    """`0,67`, or `2` where nothing follows the comma."""
    return number(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def score(value: Decimal) -> str:
    """`74,99`: cut, not rounded, so that nobody reads a mark that was not reached."""
    return number(value.quantize(Decimal("0.01"), ROUND_DOWN), 2)


def gain_figure(gain: Gain) -> str:
    """`+32,5`, with its sign: a fall is said as one."""
    sign = "+" if gain.gain > 0 else "−" if gain.gain < 0 else ""
    return sign + mean(abs(gain.gain))


def mean(value: Decimal) -> str:
    """`62,5`; one decimal, half up."""
    return number(value.quantize(Decimal("0.1"), ROUND_HALF_UP), 1)


def gain_sentence(gain: Gain) -> str:
    """The normalised gain in words: how much of what there was to learn was learnt."""
    if gain.normalised is None:
        return gettext("Uji awalnya sudah sempurna: tidak ada lagi yang dapat dipelajari.")
    if gain.normalised < 0:
        return gettext("Nilainya turun. Periksa apakah kedua uji menanyakan hal yang sama.")
    return gettext(
        "Dari yang belum diketahui pada uji awal, %(part)s dikuasai pada ujian akhir.",
        part=percent(gain.normalised),
    )


def gain_people(gain: Gain) -> str:
    """How many rose, stayed and fell."""
    return gettext(
        "%(improved)s naik, %(same)s tetap, %(fell)s turun.",
        improved=number(gain.improved),
        same=number(gain.same),
        fell=number(gain.fell),
    )


def question_type(row: QuestionRow) -> str:
    return gettext(TYPE_WORDS[row.type]) if row.type else ""


def publisher(edition: Published) -> str:
    return edition.by or gettext("Lewat perintah di server")


def change_lines(edition: Published, language: str) -> list[tuple[str, str]]:
    """What an edition changed: a word and the pages it is about, titled in `language`."""
    changes = edition.changes
    if changes is None:
        pages = ngettext("%(num)s halaman", "%(num)s halaman", edition.pages)
        return [(gettext("Edisi pertama"), pages)]
    lines = [
        (gettext("Baru"), changes.new),
        (gettext("Berubah"), changes.changed),
        (gettext("Dihapus"), changes.removed),
    ]
    found = [(word, said("; ".join(titles), language)) for word, titles in lines if titles]
    if changes.moved:
        found.append((gettext("Urutan"), gettext("halaman berpindah tempat")))
    if not found:
        found.append((gettext("Halaman sama"), gettext("yang berubah hanya keterangan kursus")))
    return found


def loss(pair: tuple[Step, Step], language: str) -> Markup:
    """Where most people were lost, between two pages titled in `language`."""
    before, after = pair
    sentence = gettext(
        "Paling banyak berhenti sebelum “%(after)s”: %(opened)s membuka “%(before)s”, "
        "%(reached)s sampai ke sana."
    )
    return Markup(sentence) % {
        "before": said(before.title, language),
        "after": said(after.title, language),
        "opened": number(before.visited),
        "reached": number(after.visited),
    }


def consequence(outcome: Outcome) -> str:
    """What followed from the grade."""
    if outcome.score is None:
        return ngettext(
            "%(num)s jawaban lain dari percobaan ini masih menunggu; nilai kuisnya keluar "
            "setelah itu.",
            "%(num)s jawaban lain dari percobaan ini masih menunggu; nilai kuisnya keluar "
            "setelah itu.",
            outcome.still_waiting,
        )
    values = {"score": score(outcome.score), "mark": number(outcome.pass_mark)}
    if not outcome.passed:
        return gettext(
            "Kuis selesai dinilai: %(score)s dari 100, belum lulus (batas %(mark)s).", **values
        )
    if outcome.completed:
        return gettext(
            "Kuis selesai dinilai: %(score)s dari 100, lulus. Dengan ini kursusnya selesai; JP "
            "dan sertifikatnya mengikuti.",
            **values,
        )
    return gettext("Kuis selesai dinilai: %(score)s dari 100, lulus.", **values)
