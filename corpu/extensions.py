"""Flask extensions, created unbound; create_app() binds them."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from corpu.database import Base

db = SQLAlchemy(
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
