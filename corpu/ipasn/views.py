"""One's own index: the estimate, what it rests on, the official value beside it."""

from flask import Blueprint, render_template

from corpu import clock
from corpu.extensions import db
from corpu.ipasn import queries, words
from corpu.ipasn.facts import Item
from corpu.ipasn.rules import ALONE
from corpu.people import export as own_data
from corpu.permissions import Permission
from corpu.web import requires, the_viewer

bp = Blueprint("ipasn", __name__, template_folder="templates")

own_data.register("ipasn", queries.own_part)


@bp.record_once
def _offer_words(state) -> None:
    """The macros are drawn by the manager's room too."""
    state.app.jinja_env.globals["ipasn_words"] = words


@bp.get("/me/ipasn")
@requires(Permission.LEARN)
def mine() -> str:
    session, person = db.session(), the_viewer()
    index = queries.index_of(session, person.id, clock.now())
    step = index.estimate.best_step
    alone = step is not None and step.kind in ALONE
    return render_template(
        "ipasn/mine.html",
        index=index,
        step=step,
        is_alone=alone,
        on_offer=queries.kinds_on_offer(session, person.id, Item(step.kind))
        if step is not None and alone
        else [],
    )
