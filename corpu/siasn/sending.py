"""The way of one record: look what SIASN holds, and only then save, complete or delete.

Looking first is what makes it repeatable. A worker that was killed, an answer that was lost, two
workers at once: the next one finds what the first has done.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from corpu.siasn.client import Busy, Client, Later, Line, Refused, Stopped
from corpu.siasn.models import Problem, Stop, Wish
from corpu.siasn.rules import Training, body_of, matching

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """What a worker has taken: a record, as it stands, and what its certificate says."""

    wish: Wish
    training: Training
    pns_id: str | None
    is_example: bool  # made in the demo: proves nothing


@dataclass
class Outcome:
    """What came of it. Exactly one of `is_done`, `problem`, `stop`, `busy_for` says how it
    ended; what was learnt on the way is kept in any case."""

    wish: Wish
    is_done: bool = False
    problem: Problem | None = None
    is_final: bool = False  # of a problem: another try alone changes nothing
    detail: str = ""
    stop: Stop | None = None
    busy_for: int | None = None  # seconds
    remote_id: str | None = None
    pns_id: str | None = None
    copies: int = 0
    lines: list[Line] = field(default_factory=list)


class NoDocument(Exception):
    """The PDF of the certificate is not to be had at present."""


def carry_out(client: Client, task: Task, document: Callable[[], bytes]) -> Outcome:
    """Make it so at SIASN. `document` gives the bytes of the PDF or raises NoDocument. Whatever
    goes wrong is part of the answer; nothing is raised."""
    outcome = Outcome(task.wish, pns_id=task.pns_id)
    try:
        _check(client, task)
        if task.wish is Wish.SAVE:
            _save(client, task, document, outcome)
        else:
            _delete(client, task, outcome)
        outcome.is_done = True
    except Refused as refusal:
        outcome.problem, outcome.detail, outcome.is_final = refusal.problem, refusal.detail, True
    except Later as trouble:
        outcome.problem, outcome.detail = trouble.problem, trouble.detail
    except Busy as busy:
        outcome.busy_for = busy.seconds
    except Stopped as stopped:
        outcome.stop = stopped.stop
    except NoDocument:
        outcome.problem = Problem.NO_DOCUMENT
    except Exception:
        log.exception("a certificate did not reach SIASN by a fault of ours")
        outcome.problem = Problem.FAULT
    outcome.lines = client.lines
    return outcome


def _check(client: Client, task: Task) -> None:
    if task.is_example and not client.settings.is_local:
        raise Refused(Problem.EXAMPLE)
    if not task.training.nip:
        raise Refused(Problem.NO_NIP)


def _save(client: Client, task: Task, document: Callable[[], bytes], outcome: Outcome) -> None:
    training = task.training
    form = training.place.form
    pns_id = outcome.pns_id = task.pns_id or client.person_id(training.nip)
    found = matching(training, client.history(form, training.nip))
    outcome.copies = max(1, len(found))
    if found:
        outcome.remote_id = found[0].id
    else:
        body = body_of(training, pns_id=pns_id, agency=client.settings.agency)
        outcome.remote_id = client.save(form, body)
    if not (found and found[0].has_document):
        client.upload(form, outcome.remote_id, document())


def _delete(client: Client, task: Task, outcome: Outcome) -> None:
    """Every copy with our key goes: the promise that it names is taken back."""
    form = task.training.place.form
    found = matching(task.training, client.history(form, task.training.nip))
    outcome.copies = len(found)
    for kept in found:
        client.delete(form, kept.id)
        outcome.copies -= 1
