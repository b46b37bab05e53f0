"""Why an answer or an act is not taken."""

from corpu.errors import N_, DomainError, RuleBroken


class AlreadyAnswered(RuleBroken):
    message = N_("Survei ini sudah Anda jawab. Jawaban pertama yang dihitung.")


class PersonHasAnswered(RuleBroken):
    message = N_("Orang ini sudah menjawab; permintaannya tidak dapat ditarik lagi.")


class SurveyClosed(RuleBroken):
    message = N_("Survei ini dibuka selama 90 hari setelah kursus selesai, dan sudah ditutup.")


class NothingAnswered(RuleBroken):
    status = 422
    message = N_("Jawab paling sedikit satu butir.")


class AnswerOutOfScale(RuleBroken):
    status = 422
    message = N_("Pilih jawaban pada skala yang ada.")


class LinkEnded(DomainError):
    """Unknown, used, revoked, replaced or too old: one sentence for all."""

    status = 410
    message = N_(
        "Tautan ini tidak berlaku: sudah dipakai, diganti, ditarik, atau lewat waktunya. "
        "Bila Anda masih ingin menjawab, minta tautan baru kepada pengelola."
    )


class RoundClosed(RuleBroken):
    message = N_("Putaran evaluasi ini sudah ditutup.")


class DatesOutOfOrder(RuleBroken):
    status = 422
    message = N_("Tanggal sesudah harus setelah tanggal sebelum, dan tidak di masa depan.")
