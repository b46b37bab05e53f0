"""The sentences about what closes a gap: of the set, of each course, of what remains."""

from __future__ import annotations

from flask_babel import gettext, ngettext
from markupsafe import Markup

from corpu.competency.phrases import exact, figure
from corpu.competency.rules import Kind
from corpu.competency.ways import Stage, Stretch, Way
from corpu.ui import said


def way_lead(way: Way) -> str:
    """What the courses do together, in one breath."""
    if not way.has_requirement:
        return gettext(
            "Syarat kompetensi jabatan belum tercatat, jadi belum ada kesenjangan yang dapat "
            "dihitung."
        )
    if not way.stretches:
        return gettext("Semua kompetensi memenuhi syarat jabatan.")
    if not way.stages:
        return gettext("Tidak ada kursus terbuka yang menaikkan kompetensi yang masih kurang.")
    many = {"jp": exact(way.jp), "closed": len(way.closed), "below": len(way.stretches)}
    return ngettext(
        "%(num)s kursus, %(jp)s JP, menutup %(closed)s dari %(below)s kesenjangan.",
        "%(num)s kursus, %(jp)s JP, menutup %(closed)s dari %(below)s kesenjangan.",
        len(way.stages),
        **many,
    )


def way_why(way: Way) -> str:
    """How the set was found, and whether a better one is excluded."""
    text = ngettext(
        "Dibandingkan dari %(num)s kursus terbuka yang memberi bukti untuk kompetensi yang kurang, "
        "tanpa yang sudah selesai; JP kursus prasyarat ikut dihitung.",
        "Dibandingkan dari %(num)s kursus terbuka yang memberi bukti untuk kompetensi yang kurang, "
        "tanpa yang sudah selesai; JP kursus prasyarat ikut dihitung.",
        way.considered,
    )
    if not way.is_proven:
        return f"{text} " + gettext(
            "Pilihan kursusnya terlalu banyak untuk diperiksa semua. Susunan ini menutup "
            "kesenjangan sejauh mungkin, tetapi susunan dengan JP lebih sedikit mungkin masih ada."
        )
    return f"{text} " + gettext(
        "Semua susunan lain menutup lebih sedikit, atau tidak lebih ringan JP-nya. Bila JP sama, "
        "dipilih yang kursusnya paling sedikit, lalu menurut urutan nama alamat kursus."
    )


def way_how(way: Way) -> str:
    """What is assumed about the quizzes, and by which threshold they are read."""
    return gettext(
        "Level sesudahnya dihitung dengan aturan skor yang sama seperti skor hari ini, seandainya "
        "semua kuis yang diwajibkan kursus dijawab benar. Nilai yang lebih rendah dapat cukup pula "
        "bila rata-ratanya mencapai %(mastery)s.",
        mastery=figure(way.in_force.rule.mastery),
    )


def stage_text(stage: Stage) -> Markup:
    """Why the course is in the set: what would stay without it, and what presupposes it."""
    sentences: list[Markup | str] = []
    for stretch, stays in stage.closes:
        text = gettext(
            "Tanpa kursus ini %(name)s tetap level %(level)s.", name=stretch.name, level=stays
        )
        if not stays and stretch.before is None:
            text = gettext("Tanpa kursus ini %(name)s belum terbukti.", name=stretch.name)
        sentences.append(text)
    sentences += [
        Markup(gettext("Prasyarat bagi %(course)s."))
        % {"course": said(other.title, other.language)}
        for other in stage.opens
    ]
    return Markup(" ").join(sentences)


def stretch_step(stretch: Stretch) -> str:
    """`belum teramati → level 2`"""
    before = (
        gettext("belum teramati")
        if stretch.before is None
        else gettext("level %(level)s", level=stretch.before)
    )
    return gettext("%(before)s → level %(after)s", before=before, after=stretch.after or 0)


def left_text(way: Way, stretch: Stretch) -> str:
    """Why courses do not close it, and what can."""
    most = way.in_force.rule.caps[Kind.ASSESSMENT]
    if way.only_rated(stretch):
        return gettext(
            "Ujian kursus membuktikan paling tinggi level %(most)s. Level %(level)s perlu "
            "penilaian atasan atau uji kompetensi.",
            most=most,
            level=stretch.required,
        )
    return gettext(
        "Kursus yang terbuka belum memberi cukup bukti untuk level %(level)s. Penilaian atasan "
        "atau uji kompetensi dapat memberikannya.",
        level=stretch.required,
    )
