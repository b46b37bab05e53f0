"""The sentences about a piece of evidence: where it comes from, and why it does not count."""

from __future__ import annotations

from flask_babel import gettext

from corpu.competency.facts import NEVER_COUNTED, RATINGS
from corpu.competency.ledger import Piece
from corpu.competency.phrases import KINDS
from corpu.competency.queries import THIN, Recorded
from corpu.competency.rules import THIN_POINTS, Reason, Retake, Rule
from corpu.i18n import day


def origin(piece: Piece, timezone: str) -> str:
    """Where a piece comes from and when it was observed; a rating names who rated."""
    when = day(piece.observed_at, timezone)
    if piece.kind in RATINGS:
        return f"{piece.label}, {when}"
    return when if piece.kind in NEVER_COUNTED else f"{KINDS[piece.kind]}, {when}"


def counts_until(piece: Piece, timezone: str) -> str:
    """Until when it counts; "" without an end."""
    if piece.valid_until is None:
        return ""
    return gettext("Dihitung sampai %(day)s", day=day(piece.valid_until, timezone))


def why_not(recorded: Recorded, rule: Rule, timezone: str) -> tuple[str, str]:
    """The reason in a word, and the sentence after it."""
    piece, reason = recorded.piece, recorded.why_not
    if reason == Reason.REVOKED:
        assert piece.revoked_at is not None
        when = day(piece.revoked_at, timezone)
        if piece.attempt_id is not None:
            return gettext("Dicabut."), gettext(
                "Percobaan ini dinilai ulang pada %(day)s.", day=when
            )
        if piece.correction:
            return gettext("Dicabut."), gettext(
                "Tidak berlaku sejak %(day)s: %(reason)s", day=when, reason=piece.correction
            )
        return gettext("Dicabut."), gettext("Tidak berlaku sejak %(day)s.", day=when)
    if reason in (Reason.SELF, Reason.PEER):
        return gettext("Tidak dihitung."), gettext("Dipakai untuk percakapan dengan atasan.")
    if reason == Reason.FUTURE:
        return gettext("Belum berlaku."), gettext(
            "Dihitung mulai %(day)s.", day=day(piece.observed_at, timezone)
        )
    if reason == Reason.EXPIRED:
        assert piece.valid_until is not None
        when = day(piece.valid_until, timezone)
        if piece.is_ended_by_relation:
            return gettext("Kedaluwarsa."), gettext(
                "Berlaku sampai %(day)s: enam bulan setelah penilai bukan lagi atasannya.", day=when
            )
        return gettext("Kedaluwarsa."), gettext("Berlaku sampai %(day)s.", day=when)
    if reason == THIN:
        return gettext("Terlalu sedikit."), gettext(
            "Kurang dari %(points)s poin pada level ini: dicatat, tetapi tidak dihitung.",
            points=THIN_POINTS,
        )
    other = recorded.replaced_by
    when = "" if other is None else day(other.observed_at, timezone)
    if piece.kind in RATINGS:
        text = gettext("Penilai yang sama menilai lagi pada %(day)s.", day=when)
    elif rule.retake is Retake.BEST:
        text = gettext("Percobaan %(day)s yang dipakai: nilai terbaik.", day=when)
    else:
        text = gettext("Percobaan %(day)s yang dipakai: yang terbaru.", day=when)
    return gettext("Digantikan."), text
