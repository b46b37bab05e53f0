"""The sentences of a profile: what the nine rows say together, and the step to take."""

from __future__ import annotations

from flask_babel import gettext
from markupsafe import Markup

from corpu.competency.phrases import exact, figure, strong
from corpu.competency.queries import Profile, Step


def profile_lead(profile: Profile) -> str:
    """What the nine rows say in one breath."""
    unseen = len(profile.rows) - profile.observed
    if not profile.required:
        return gettext(
            "Syarat kompetensi jabatan belum tercatat. Pengelola pembelajaran di unit dapat "
            "mencatatnya."
        )
    if not profile.observed:
        return gettext(
            "Belum ada kompetensi yang teramati. Kuis dan ujian kursus memberi bukti pertama."
        )
    below = len(profile.below)
    if below and unseen:
        text = gettext(
            "%(below)s kompetensi di bawah syarat jabatan, %(unseen)s belum teramati.",
            below=below,
            unseen=unseen,
        )
    elif below:
        text = gettext("%(below)s kompetensi di bawah syarat jabatan.", below=below)
    elif unseen:
        text = gettext(
            "Semua yang teramati memenuhi syarat jabatan; %(unseen)s belum teramati.",
            unseen=unseen,
        )
    else:
        text = gettext("Semua kompetensi memenuhi syarat jabatan.")
    if below:
        text += " " + gettext("Yang terjauh: %(name)s.", name=profile.below[0].name)
    return text


def jpm_observed(profile: Profile) -> str:
    """`belum teramati (3 dari 9)`: how many say nothing yet."""
    assert profile.jpm is not None
    return gettext(
        "Belum teramati (%(unseen)s dari %(of)s)",
        unseen=profile.jpm.of - profile.jpm.observed,
        of=profile.jpm.of,
    )


def jpm_sum(profile: Profile) -> str:
    """The sums behind the percentage."""
    match = profile.jpm
    assert match is not None
    text = gettext(
        "%(achieved)s tingkat dicapai dari %(required)s yang disyaratkan.",
        achieved=match.achieved,
        required=match.required,
    )
    if not match.complete:
        text += " " + gettext(
            "Kompetensi yang belum teramati terhitung 0 di sini; predikatnya baru ada setelah "
            "semuanya teramati."
        )
    elif match.percent > match.shown:
        text += " " + gettext("Nilai sebenarnya %(percent)s persen.", percent=figure(match.percent))
    return text


def step_text(step: Step) -> Markup:
    """Why this step: what is there, what is needed."""
    name, need = step.row.name, step.need
    values: dict[str, object]
    if not step.row.observed:
        text = gettext("%(name)s belum teramati, padahal jabatan ini mensyaratkan level %(level)s.")
        values = {"name": strong(name), "level": step.row.required}
    elif need.mean is None:
        text = gettext(
            "Naikkan %(name)s ke level %(level)s: belum ada bukti yang dihitung pada level itu."
        )
        values = {"name": strong(name), "level": need.reaches}
    else:
        text = gettext(
            "Naikkan %(name)s ke level %(level)s: nilai rata-rata sekarang %(mean)s dari "
            "%(required)s yang diperlukan."
        )
        values = {
            "name": strong(name),
            "level": need.reaches,
            "mean": figure(need.mean),
            "required": figure(need.required),
        }
    sentence = Markup(text) % values
    if step.offer is not None:
        return (
            sentence
            + " "
            + gettext("Kursus terpendek yang memberi bukti itu %(jp)s JP.", jp=exact(step.offer.jp))
        )
    return (
        sentence
        + " "
        + gettext(
            "Tidak ada kursus terbuka yang memberi bukti itu; penilaian atasan dapat memberikannya."
        )
    )
