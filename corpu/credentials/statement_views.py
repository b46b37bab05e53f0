"""The official statement of one's own closed year, as a file."""

from io import BytesIO

from flask import Response, current_app, request, send_file

from corpu import clock
from corpu.credentials import statement_documents
from corpu.credentials.blueprint import bp
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.hours.queries import years_of
from corpu.permissions import Permission
from corpu.web import requires, the_viewer


@bp.get("/me/hours/statement")
@requires(Permission.LEARN)
def hour_statement() -> Response:
    """The statement of a year that is closed; an open one has none."""
    me, asked = the_viewer(), request.args.get("year", "")
    closed = {str(year): year for year, at in years_of(db.session(), me.id).items() if at}
    if asked not in closed:
        raise NotFound
    storage = current_app.extensions["storage"]
    stated, data = statement_documents.pdf_of(
        db.session(), storage, me.id, closed[asked], at=clock.now()
    )
    return send_file(
        BytesIO(data),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"Pernyataan JP {stated.year}.pdf",
        etag=False,
    )
