"""CorpU: a Corporate University for Indonesian civil servants."""

__version__ = "0.1.0"

from typing import TYPE_CHECKING

from flask import Flask
from jinja2 import StrictUndefined

if TYPE_CHECKING:
    from config import Settings


def create_app(settings: "Settings | None" = None) -> Flask:
    """One application per process; settings come from the environment unless given."""
    from config import Settings
    from corpu import assets, compression, i18n, layout, models, reactions, ui, web  # noqa: F401 - models registers tables
    from corpu.cli import register_commands
    from corpu.demo.cast import who_plays
    from corpu.extensions import csrf, db, login_manager, migrate
    from corpu.storage import FolderStorage

    settings = settings or Settings.from_environment()
    app = Flask(__name__, instance_path=str(settings.instance))
    configure(app, settings)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")

    for extension in (db, migrate, login_manager, csrf):
        extension.init_app(app)
    app.extensions["storage"] = FolderStorage(settings.instance / "store")
    assets.init_app(app)
    ui.init_app(app)
    i18n.init_app(app)
    layout.init_app(app)
    web.register_requests(app)
    web.register_headers(app)
    compression.init_app(app)
    web.register_error_handlers(app)
    register_blueprints(app)
    register_commands(app)
    if settings.mode == "demo":
        app.extensions["demo_cast"] = who_plays()
    reactions.wire()
    return app


def configure(app: Flask, settings: "Settings") -> None:
    """Flask's own settings, derived from ours."""
    from werkzeug.middleware.proxy_fix import ProxyFix

    secure = settings.public_url.startswith("https://")
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key or None,
        SECRET_KEY_FALLBACKS=settings.secret_key_fallbacks,
        TESTING=settings.mode == "test",
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # What a statement was given is somebody's name or answer: not for the log.
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 10, "hide_parameters": True},
        SESSION_COOKIE_NAME="__Host-corpu" if secure else "corpu",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=30 * 86400,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        BABEL_DEFAULT_LOCALE="id",
        BABEL_DEFAULT_TIMEZONE="UTC",
    )
    if settings.public_url:
        host = settings.public_url.split("://", 1)[1].split("/", 1)[0]
        app.config["TRUSTED_HOSTS"] = [
            host,
            host.split(":")[0],
            "127.0.0.1",
            "localhost",
        ]
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count, count)  # type: ignore[method-assign]


def register_blueprints(app: Flask) -> None:
    from importlib import import_module

    for name in BLUEPRINTS:
        app.register_blueprint(import_module(f"corpu.{name}").bp)


# Each room's door. A room's `views` module offers its blueprint as `bp`.
BLUEPRINTS = [
    "people.views",
    "catalog.views",
    "learning.catalogue",
    "learning.views",
    "assessment.views",
    "competency.views",
    "hours.views",
    "credentials.views",
    "credentials.api_views",
    "signing.views",
    "ipasn.views",
    "plans.blueprint",
    "evaluation.views",
    "team.blueprint",
    "authoring.evaluation_views",
    "manage.views",
    "reporting.views",
    "pages",
]
