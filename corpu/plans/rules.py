"""Development plans on plain values: who may do what in which state, shares, what is missing.

The individual plan (IDP, *rencana pengembangan individu*) is where the yearly planning of
competency development reaches the person; its owner writes it, the direct supervisor decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import NamedTuple

from corpu.errors import N_, DomainError, NotAllowed, NotFound, RuleBroken


class State(StrEnum):
    DRAFT = "draft"  # draf
    SUBMITTED = "submitted"  # diajukan
    RETURNED = "returned"  # perlu revisi
    APPROVED = "approved"  # disetujui
    RUNNING = "running"  # berjalan
    FINISHED = "finished"  # selesai


class Part(StrEnum):
    """How somebody stands to a plan today."""

    OWNER = "owner"
    DIRECT = "direct"  # the direct supervisor: the only one who decides
    ABOVE = "above"  # further up the line: reads
    CIRCULAR = "circular"  # above and below at once: the line itself is wrong
    FORMER = "former"  # supervised once, not today
    STRANGER = "stranger"
    SYSTEM = "system"  # what follows from a fact: a course begun or completed


class Act(StrEnum):
    READ = "read"
    EDIT = "edit"  # goals and items
    ADD_GOAL = "add_goal"
    TAKE = "take"  # from a template
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    TICK = "tick"  # an item begun, done, or not done after all
    FINISH = "finish"


# ------------------------------------------------------------------------------- refusals


class NotYourPlan(NotFound):
    message = N_("Rencana ini hanya dapat dibuka pemiliknya dan garis atasannya hari ini.")


class NoLongerSupervisor(NotFound):
    message = N_(
        "Anda bukan lagi atasan orang ini, jadi rencananya tidak dapat Anda buka atau putuskan."
    )


class CircularLine(RuleBroken):
    message = N_(
        "Garis atasan ini melingkar: Anda berada di atas dan di bawah orang yang sama. "
        "Minta pengelola membetulkannya, sesudah itu rencana dapat diputuskan."
    )


class OnlyDirectSupervisor(NotAllowed):
    message = N_(
        "Rencana diputuskan atasan langsung. Anda dapat membacanya, tetapi tidak mengubah "
        "atau memutuskannya."
    )


class OnlyOwner(NotAllowed):
    message = N_(
        "Hanya pemilik rencana yang menulis isinya, mengajukannya, dan mencatat kemajuannya."
    )


class OwnPlan(RuleBroken):
    message = N_("Anda tidak dapat memutuskan rencana Anda sendiri. Atasan langsung memutuskannya.")


class AwaitingDecision(RuleBroken):
    message = N_(
        "Rencana ini sedang menunggu keputusan atasan. Tarik kembali dahulu untuk mengubahnya."
    )


class NotSubmitted(RuleBroken):
    message = N_("Rencana ini belum diajukan, jadi belum ada yang dapat diputuskan.")


class NotYetApproved(RuleBroken):
    message = N_("Rencana ini belum disetujui. Kemajuan dicatat sesudah disetujui atasan.")


class AlreadyApproved(RuleBroken):
    message = N_(
        "Rencana ini sudah disetujui. Isinya berubah lagi hanya bila atasan mengembalikannya."
    )


class AlreadyFinished(RuleBroken):
    message = N_("Rencana ini sudah selesai dan tinggal sebagai catatan.")


class OnlyPeople(NotAllowed):
    message = N_("Keputusan dan isi rencana selalu dibuat orang.")


# -------------------------------------------------------------------------------- machine

Refused = type[DomainError]
Answer = State | Refused
D, S, R, A, U, F = State


def _all(answer: Answer | None = None, **by_state: Answer) -> dict[State, Answer]:
    """An answer for every state: the one given by name, else the common one, else to stay."""
    return {
        state: by_state.get(state.value, state if answer is None else answer) for state in State
    }


_WRITING = _all(
    submitted=AwaitingDecision,
    approved=AlreadyApproved,
    running=AlreadyApproved,
    finished=AlreadyFinished,
)
_TICKING = _all(
    NotYetApproved, approved=State.RUNNING, running=State.RUNNING, finished=AlreadyFinished
)

MACHINE: dict[Part, dict[Act, dict[State, Answer]]] = {
    Part.OWNER: {
        Act.READ: _all(),
        Act.EDIT: _WRITING,
        Act.ADD_GOAL: _WRITING,
        Act.TAKE: _WRITING,
        Act.SUBMIT: _WRITING | {D: S, R: S},
        Act.WITHDRAW: _all(NotSubmitted, submitted=D)
        | {A: AlreadyApproved, U: AlreadyApproved, F: AlreadyFinished},
        Act.APPROVE: _all(OwnPlan),
        Act.SEND_BACK: _all(OwnPlan),
        Act.TICK: _TICKING,
        Act.FINISH: _all(OwnPlan),
    },
    Part.DIRECT: {
        Act.READ: _all(),
        Act.EDIT: _all(OnlyOwner),
        Act.ADD_GOAL: _all(
            approved=AlreadyApproved, running=AlreadyApproved, finished=AlreadyFinished
        ),
        Act.TAKE: _all(OnlyOwner),
        Act.SUBMIT: _all(OnlyOwner),
        Act.WITHDRAW: _all(OnlyOwner),
        Act.APPROVE: _all(
            NotSubmitted,
            submitted=A,
            approved=AlreadyApproved,
            running=AlreadyApproved,
            finished=AlreadyFinished,
        ),
        # Also once approved: tasks change within a year, and the plan with them.
        Act.SEND_BACK: _all(
            NotSubmitted, submitted=R, approved=R, running=R, finished=AlreadyFinished
        ),
        Act.TICK: _all(OnlyOwner),
        Act.FINISH: _all(NotYetApproved, approved=F, running=F, finished=AlreadyFinished),
    },
    Part.ABOVE: {act: _all(OnlyDirectSupervisor) for act in Act} | {Act.READ: _all()},
    Part.CIRCULAR: {act: _all(CircularLine) for act in Act},
    Part.FORMER: {act: _all(NoLongerSupervisor) for act in Act},
    Part.STRANGER: {act: _all(NotYourPlan) for act in Act},
    # A course begun or completed is noted on its item whatever the state, and moves the plan
    # only once it is approved; with the last item done, the plan is finished.
    Part.SYSTEM: {act: _all(OnlyPeople) for act in Act}
    | {
        Act.READ: _all(),
        Act.TICK: _all(approved=State.RUNNING, finished=AlreadyFinished),
        Act.FINISH: _all(NotYetApproved, running=F, finished=AlreadyFinished),
    },
}


def next_state(state: State, part: Part, act: Act) -> State:
    """The state after the act; raises the refusal that the table names."""
    answer = MACHINE[part][act][state]
    if isinstance(answer, State):
        return answer
    raise answer


def may(state: State, part: Part, act: Act) -> bool:
    return isinstance(MACHINE[part][act][state], State)


# --------------------------------------------------------------------------------- shares

# 10 % formal, 20 % social, 70 % by experience (SE Kepala BKN 3/2022). A comparison, no duty.
GUIDE = {10: Decimal(10), 20: Decimal(20), 70: Decimal(70)}
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Share:
    """One of the three ways of learning: its JP and per cent of the plan beside the guide."""

    mix: int  # 10, 20 or 70
    jp: Decimal
    percent: Decimal  # one decimal; the three sum to exactly 100
    guide: Decimal

    @property
    def distance(self) -> Decimal:
        """Points of per cent above the guide, negative below it."""
        return self.percent - self.guide


def shares_of(jp_by_mix: Iterable[tuple[int, Decimal]]) -> tuple[Share, ...]:
    """Shares by JP, in the order 10, 20, 70; empty for a plan without JP.

    Rounded to tenths by the largest remainder, so that they sum to exactly 100. Raises
    ValueError for negative JP and for a way of learning that is not known.
    """
    jp = dict.fromkeys(GUIDE, Decimal())
    for mix, hours in jp_by_mix:
        if mix not in jp or hours < 0:
            raise ValueError(f"no share of a plan: {hours} JP at {mix}")
        jp[mix] += hours
    total = sum(jp.values())
    if not total:
        return ()
    exact = {mix: hours * 100 / total for mix, hours in jp.items()}
    percent = {mix: value.quantize(_TENTH, ROUND_DOWN) for mix, value in exact.items()}
    left = int((100 - sum(percent.values())) / _TENTH)
    for mix in sorted(exact, key=lambda mix: (percent[mix] - exact[mix], -mix))[:left]:
        percent[mix] += _TENTH
    return tuple(Share(mix, jp[mix], percent[mix], GUIDE[mix]) for mix in GUIDE)


# ------------------------------------------------------------------------------------ JP


class Kind(StrEnum):
    COURSE = "course"
    COACHING = "coaching"
    MENTORING = "mentoring"
    SECONDMENT = "secondment"
    READING = "reading"
    PROJECT = "project"


# Of one item as somebody writes it: two months of full days; more is a slip of the pen.
MOST_JP = Decimal(400)


@dataclass(frozen=True)
class Form:
    """One row of the conversion table: what a unit of this form is worth.

    `jp` None: the hours themselves count, as the course or the person gives them. `most` is
    the greatest number of units that count within a year.
    """

    code: str  # KL01 … NKL13
    mix: int
    jp: Decimal | None
    most: int | None


class NotAnAmount(DomainError):
    message = N_("Tulis banyaknya sebagai bilangan bulat, paling sedikit 1.")


class TooManyUnits(DomainError):
    message = N_(
        "Paling banyak %(most)s yang dihitung dalam setahun; rencana ini sudah memuat %(used)s."
    )


class NotHours(DomainError):
    message = N_("Tulis JP lebih dari 0 dan paling banyak %(most)s, dengan dua angka di belakang.")


def jp_of(
    form: Form,
    quantity: int,
    *,
    hours: Decimal | None = None,
    used: int = 0,
    most: Decimal = MOST_JP,
) -> tuple[int, Decimal]:
    """Units and JP of an item. `used` are the units of the same form elsewhere in the plan.

    Where the form counts the hours themselves, `hours` are taken and the quantity is 1. `most`
    bounds the JP: a training of the catalogue has as many as it has.
    Raises NotAnAmount, TooManyUnits, NotHours.
    """
    if form.jp is None:
        if hours is None or not hours.is_finite() or not 0 < hours <= most:
            raise NotHours(most=most)
        if hours != hours.quantize(Decimal("0.01")):
            raise NotHours(most=most)
        return 1, hours
    if isinstance(quantity, bool) or quantity < 1:
        raise NotAnAmount
    if form.most is not None and used + quantity > form.most:
        raise TooManyUnits(most=form.most, used=used)
    jp = form.jp * quantity
    if jp > most:
        raise NotHours(most=most)
    return quantity, jp


# --------------------------------------------------------------------------- what is missing


class Lack(StrEnum):
    NO_GOAL = "no_goal"
    GOAL_WITHOUT_ITEM = "goal_without_item"
    NO_SUPERVISOR = "no_supervisor"
    YEAR_OVER = "year_over"


class Missing(NamedTuple):
    lack: Lack
    goals: tuple[object, ...] = ()  # identifiers of those without an item


def missing(
    items_by_goal: Mapping[object, int], *, has_supervisor: bool, year: int, this_year: int
) -> Sequence[Missing]:
    """What keeps a plan from being submitted, empty where nothing does."""
    found = []
    if not items_by_goal:
        found.append(Missing(Lack.NO_GOAL))
    bare = tuple(goal for goal, items in items_by_goal.items() if not items)
    if bare:
        found.append(Missing(Lack.GOAL_WITHOUT_ITEM, bare))
    if not has_supervisor:
        found.append(Missing(Lack.NO_SUPERVISOR))
    if year < this_year:
        found.append(Missing(Lack.YEAR_OVER))
    return found
