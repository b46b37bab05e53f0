"""The sentences about what a post requires: what says so, since when, and what changed."""

from __future__ import annotations

from flask_babel import gettext

from corpu import i18n
from corpu.competency.queries import Account
from corpu.people.post_words import post_type
from corpu.standards.need_history import Cause, Step
from corpu.standards.rules import Given, Standard
from corpu.standards.words import competencies
from corpu.ui import named


def source(given: Given, type_code: str) -> str:
    """What gives a level: the posting itself, a standard, or the shipped level of the type."""
    if given.is_own:
        return gettext("Ditetapkan pada jabatan orang ini sendiri")
    if given.standard is not None:
        return standard_name(given.standard)
    return gettext("Level bawaan %(post)s (PermenPANRB 38/2017)", post=post_type(type_code))


def standard_name(standard: Standard) -> str:
    """Which posts a standard is about, from the widest to the narrowest."""
    if standard.unit_id is not None:
        return gettext("Standar %(post)s di satu unit", post=standard.title)
    if standard.title:
        return gettext("Standar %(post)s", post=standard.title)
    return gettext("Standar %(post)s", post=post_type(standard.post_type))


def required_by(account: Account) -> str:
    """Since when a level is required and why; "" where the post says nothing of it."""
    given, here = account.given, account.standing
    if given is None:
        return ""
    said = [
        gettext("Syarat level %(level)s: %(source)s.", level=given.level, source=_within(account))
        if given.level
        else gettext("Tidak disyaratkan: %(source)s.", source=_within(account))
    ]
    if given.standard is not None:
        said.append(
            gettext(
                "Berlaku sejak %(day)s. Dasar: %(basis)s.",
                day=i18n.day(given.standard.starts_on),
                basis=given.standard.legal_basis.rstrip("."),
            )
        )
    if here.post_since is not None:
        said.append(gettext("Jabatan ini dipegang sejak %(day)s.", day=i18n.day(here.post_since)))
    return " ".join(said)


def _within(account: Account) -> str:
    assert account.given is not None
    found = source(account.given, account.standing.post_type)
    return found[:1].lower() + found[1:]


def step_title(step: Step) -> str:
    """Why something else is required from that day on."""
    if step.cause is Cause.POST:
        if step.held is None:
            return gettext("Tanpa jabatan")
        return gettext("Jabatan %(post)s", post=step.held.title)
    if step.said is None:
        return gettext("Kamus kompetensi berganti versi")
    name = standard_name(step.said.standard)
    if step.cause is Cause.WITHDRAWAL:
        return gettext("Ditarik: %(standard)s", standard=name)
    if step.said.standard.levels is None:
        return gettext("Diakhiri: %(standard)s", standard=name)
    return name


def step_reason(step: Step) -> str:
    """On what grounds; "" where the day itself says it."""
    if step.said is None:
        return ""
    if step.cause is Cause.WITHDRAWAL:
        return step.said.why_withdrawn
    return f"{step.said.standard.legal_basis}. {step.said.standard.reason}"


def step_needs(step: Step) -> list[tuple[str, str, str]]:
    """(competency, level before, level after) in words."""
    known = competencies()
    return [
        (named(known[code]) if code in known else code, _level(before), _level(after))
        for code, before, after in step.needs
    ]


def _level(found: int | None) -> str:
    return "–" if found is None else str(found)
