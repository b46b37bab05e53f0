"""The sentences of an account: level by level, the score, and what would raise it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from flask_babel import format_decimal, gettext
from markupsafe import Markup

from corpu.competency.history import RuleFact
from corpu.competency.ledger import Piece, RuleInForce
from corpu.competency.offers import Offer
from corpu.competency.phrases import exact, figure, strong
from corpu.competency.queries import Account, Rung
from corpu.competency.rules import HIGHEST, Cumulative, Kind, NextLevel, Rule
from corpu.i18n import day
from corpu.people.queries import Standing

MOST_TERMS = 6  # pieces written out in the sum of a level


def summary(account: Account) -> str:
    """What the post asks, and what holds the score back."""
    sentences = []
    if account.level is None:
        sentences.append(
            gettext("Belum ada bukti yang dihitung. Belum teramati bukan berarti nol.")
        )
    if account.required is None:
        sentences.append(gettext("Jabatan ini belum mencatat syarat untuk kompetensi ini."))
    elif account.level is None:
        sentences.append(
            gettext("Jabatan ini mensyaratkan level %(level)s.", level=account.required)
        )
    elif account.gap is not None and account.gap > 0:
        sentences.append(
            gettext(
                "Jabatan ini mensyaratkan level %(level)s, jadi kurang %(gap)s.",
                level=account.required,
                gap=account.gap,
            )
        )
    else:
        sentences.append(
            gettext(
                "Jabatan ini mensyaratkan level %(level)s, jadi terpenuhi.",
                level=account.required,
            )
        )
    if account.outcome.capped:
        sentences.append(
            gettext(
                "Nilai ujian sudah cukup untuk level yang lebih tinggi, tetapi ujian saja tidak "
                "dapat membuktikannya."
            )
        )
    return " ".join(sentences)


def rule_name(account: Account, timezone: str) -> str:
    """Which rule was applied, and since when it holds."""
    return rule_of(account.standing, account.in_force, timezone)


def rule_of(standing: Standing, in_force: RuleInForce, timezone: str) -> str:
    """Which rule is in force for somebody, and since when it holds."""
    if in_force.version is None or in_force.valid_from is None:
        return gettext("Aturan bawaan CorpU.")
    return gettext(
        "Aturan %(agency)s versi %(version)s, berlaku sejak %(day)s.",
        agency=standing.agency_name,
        version=in_force.version,
        day=day(in_force.valid_from, timezone),
    )


def rule_changed(fact: RuleFact, timezone: str) -> tuple[str, str]:
    """That the rule changed and when, and what became of the score."""
    title = gettext("Aturan berubah pada %(day)s", day=day(fact.moment, timezone))
    if not fact.is_change:
        return title, gettext("Skor ini tidak berubah karenanya.")
    return title, gettext(
        "Dari %(before)s menjadi %(after)s, dengan bukti yang sama.",
        before=standing_words(fact.before_level, fact.before_score),
        after=standing_words(fact.after_level, fact.after_score),
    )


def standing_words(level: int | None, score: Decimal | None) -> str:
    """`level 2, skor 2,40`"""
    if level is None or score is None:
        return gettext("belum teramati")
    return gettext("level %(level)s, skor %(score)s", level=level, score=figure(score))


def rung_state(rung: Rung) -> tuple[str, str, str]:
    """Kind of the tag, its symbol, and its word."""
    if rung.is_held_from_below:
        return "warn", "lock", gettext("Terbukti, menunggu level di bawahnya")
    if rung.account.demonstrated:
        return "ok", "", gettext("Terbukti")
    if rung.is_implied:
        return "ok", "", gettext("Termasuk")
    if rung.account.held_by_cap:
        return "warn", "lock", gettext("Tercapai nilainya, dibatasi")
    if rung.measured:
        return "mine", "", gettext("Belum cukup")
    return "none", "", gettext("Belum ada bukti")


def rung_text(rung: Rung, rule: Rule) -> Markup:
    """What was measured at this level, and what it needs."""
    sentences: list[Markup | str] = []
    mean = rung.account.mastery.mean
    if mean is not None:
        sentences.append(
            Markup(gettext("Penguasaan %(mean)s dari %(required)s yang diperlukan: %(sum)s."))
            % {
                "mean": strong(figure(mean)),
                "required": figure(rule.mastery),
                "sum": sum_of(rung.measured),
            }
        )
        if rung.account.mastery.reached and not rung.account.uncapped.reached:
            sentences.append(cap_text(rung, rule))
    if rung.ratings:
        raters = ", ".join(dict.fromkeys(piece.label for piece in rung.ratings))
        words = (
            gettext("Penilaian %(raters)s membuktikan level %(level)s.")
            if mean is None
            else gettext("Penilaian %(raters)s juga membuktikan level %(level)s.")
        )
        highest = max(piece.level for piece in rung.ratings)
        sentences.append(Markup(words) % {"raters": raters, "level": highest})
    if rung.is_held_from_below:
        sentences.append(gettext("Aturan ini meminta setiap level di bawahnya terbukti dahulu."))
    if rung.is_implied:
        sentences.append(gettext("Tercakup oleh level yang lebih tinggi."))
    if not sentences:
        return Markup("%s") % gettext("Belum ada penilaian atau ujian pada level ini.")
    return Markup(" ").join(sentences)


def cap_text(rung: Rung, rule: Rule) -> str:
    """Why enough is not enough: a kind may show a level only up to its cap."""
    uncapped = rung.account.uncapped.mean
    if uncapped is None:
        return gettext(
            "Ujian kursus membuktikan paling tinggi level %(assessment)s dan sertifikat luar level "
            "%(external)s, sebab tes pengetahuan tidak membuktikan kemahiran di tempat kerja.",
            assessment=rule.caps[Kind.ASSESSMENT],
            external=rule.caps[Kind.EXTERNAL],
        )
    return gettext(
        "Bukti yang boleh membuktikan level ini sendiri baru %(mean)s.", mean=figure(uncapped)
    )


def sum_of(pieces: tuple[Piece, ...]) -> str:
    """`(80 × 2 + 85 × 1) ÷ 3`: every figure as it is recorded."""
    weight = sum((piece.weight for piece in pieces), Decimal())
    if len(pieces) > MOST_TERMS:
        points = sum(((piece.score or Decimal()) * piece.weight for piece in pieces), Decimal())
        return gettext(
            "jumlah nilai × bobot %(points)s ÷ jumlah bobot %(weight)s",
            points=format_decimal(points, "#,##0.########"),
            weight=exact(weight),
        )
    terms = " + ".join(
        f"{exact(piece.score or Decimal())} × {exact(piece.weight)}" for piece in pieces
    )
    return f"({terms}) ÷ {exact(weight)}"


def score_text(account: Account) -> Markup | None:
    """How level and progress make the score; None where there is none."""
    if account.level is None or account.score is None:
        return None
    total = strong(figure(account.score))
    if account.level == HIGHEST:
        return Markup(gettext("Level tertinggi tercapai, jadi skornya %(total)s.")) % {
            "total": total
        }
    following = account.level + 1
    progress = account.progress
    if progress is None:
        text = gettext(
            "Skor = %(level)s + kemajuan ke level %(next)s. Pada level %(next)s belum ada yang "
            "diukur, jadi skornya %(total)s."
        )
        return Markup(text) % {"level": account.level, "next": following, "total": total}
    added = account.score - account.level
    mean = account.outcome.account_of(following).mastery.mean
    assert mean is not None
    values = {
        "level": account.level,
        "next": following,
        "mean": figure(mean),
        "mastery": figure(account.in_force.rule.mastery),
        "sum": strong(f"{account.level} + {figure(added)} = {figure(account.score)}", whole=True),
    }
    if progress > Fraction(99, 100):
        values["progress"] = figure(Decimal(int(progress * 100)).scaleb(-2))
        text = gettext(
            "Skor = %(level)s + kemajuan ke level %(next)s. Kemajuan itu %(mean)s ÷ %(mastery)s = "
            "%(progress)s, paling tinggi 0,99. Jadi %(sum)s."
        )
    else:
        values["progress"] = figure(added)
        text = gettext(
            "Skor = %(level)s + kemajuan ke level %(next)s. Kemajuan itu %(mean)s ÷ %(mastery)s = "
            "%(progress)s. Jadi %(sum)s."
        )
    return Markup(text) % values


def need_title(account: Account) -> str:
    if account.need is None:
        return gettext("Level tertinggi tercapai")
    return gettext("Yang membuatnya level %(level)s", level=account.need.reaches)


def need_text(account: Account) -> Markup:
    """The missing evidence for the next level."""
    need = account.need
    if need is None:
        return Markup("%s") % gettext("Tidak ada level yang lebih tinggi dalam kamus kompetensi.")
    level = {"level": need.level}
    if need.rating_needed:
        text = gettext(
            "Satu penilaian %(bold)s dari atasan, atau hasil uji kompetensi level %(level)s. Tidak "
            "ada kursus yang dapat menggantikannya."
        )
        return Markup(text) % (level | {"bold": strong(or_higher(need))})
    if need.mean is None:
        text = gettext(
            "Bukti pada %(where)s dengan nilai rata-rata %(required)s atau lebih, atau penilaian "
            "%(bold)s dari atasan."
        )
    elif need.missing:
        text = gettext(
            "Nilai rata-rata pada level %(level)s sekarang %(mean)s dan perlu %(required)s, jadi "
            "kurang %(missing)s. Atau penilaian %(bold)s dari atasan."
        )
    else:
        text = gettext(
            "Nilai rata-rata pada level %(level)s sudah %(mean)s, tetapi bukti yang boleh "
            "membuktikan level ini sendiri kurang %(uncapped)s. Atau penilaian %(bold)s dari "
            "atasan."
        )
    return Markup(text) % (
        level
        | {
            "bold": strong(or_higher(need)),
            "where": where_to_show(need, account.in_force.rule),
            "required": figure(need.required),
            "mean": "" if need.mean is None else figure(need.mean),
            "missing": figure(need.missing),
            "uncapped": figure(need.uncapped_missing or Decimal()),
        }
    )


def where_to_show(need: NextLevel, rule: Rule) -> str:
    """The levels at which a test would do: a higher one carries the wanted if the rule says so."""
    highest = max(rule.caps[kind] for kind in need.kinds)
    if rule.cumulative is Cumulative.STEPWISE or highest == need.level:
        return gettext("level %(level)s", level=need.level)
    return gettext("level %(level)s sampai %(highest)s", level=need.level, highest=highest)


def or_higher(need: NextLevel) -> str:
    if need.level == HIGHEST:
        return gettext("level %(level)s", level=need.level)
    return gettext("level %(level)s atau lebih", level=need.level)


def courses_can_help(account: Account) -> bool:
    """Whether any course could: not where only a rating can, and not at the top."""
    return account.need is not None and Kind.ASSESSMENT in account.need.kinds


def offer_levels(offer: Offer) -> str:
    """`bukti level 2 dan 3`"""
    levels = [str(level) for level in offer.levels]
    if len(levels) == 1:
        return gettext("bukti level %(level)s", level=levels[0])
    return gettext(
        "bukti level %(first)s dan %(last)s", first=", ".join(levels[:-1]), last=levels[-1]
    )


def offer_state(offer: Offer, timezone: str) -> tuple[str, str]:
    """What the person has done of the course: kind of the tag and its words; "" for nothing."""
    if offer.is_running:
        return "mine", gettext("Sedang diikuti")
    if offer.completed_at is not None:
        return "ok", gettext("Selesai %(day)s", day=day(offer.completed_at, timezone))
    return "", ""
