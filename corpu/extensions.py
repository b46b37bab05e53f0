"""Flask extensions, created unbound; create_app() binds them."""

import logging

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.exc import DBAPIError

from corpu.database import Base

log = logging.getLogger(__name__)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy, whose last act cannot spoil a page that is done."""

    def _teardown_session(self, exc: BaseException | None) -> None:
        """What was written is committed by now: a database that goes away only here costs
        nothing but its connection."""
        try:
            super()._teardown_session(exc)
        except DBAPIError as gone:
            log.warning("the database went away at the end of a request: %s", gone)
            self.session.registry.clear()


db = Database(
    metadata=Base.metadata,
    # Tests wrap everything in an outer transaction of their own.
    session_options={
        "join_transaction_mode": "create_savepoint",
        "expire_on_commit": False,
    },
)
login_manager = LoginManager()
csrf = CSRFProtect()
migrate = Migrate(db=db, render_as_batch=True)
babel = Babel()
