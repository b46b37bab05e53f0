"""How gunicorn serves CorpU: one process of eight threads on SQLite, two on PostgreSQL."""

import os

from config import Settings

settings = Settings.from_environment()
embedded = settings.database_url.startswith("sqlite")

wsgi_app = "wsgi:app"
bind = [os.environ.get("CORPU_BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")]
worker_class = "gthread"
workers = 1 if embedded else int(os.environ.get("CORPU_WORKERS", "2"))
threads = 8
keepalive = 75
timeout = 60
graceful_timeout = 20
max_requests = 0
accesslog = "-" if os.environ.get("CORPU_ACCESS_LOG") else None
errorlog = "-"
loglevel = os.environ.get("CORPU_LOG_LEVEL", "info")
limit_request_line = 8190


def post_worker_init(worker):
    """The application stands: refuse a wrong start, then begin the background work."""
    from corpu.operations.start import check_start
    from corpu.worker import start_thread

    app = worker.wsgi
    check_start(app)
    if app.config["SETTINGS"].worker == "thread":
        start_thread(app)


def worker_exit(_server, worker):
    app = getattr(worker, "wsgi", None)
    if app is not None and "stop_worker" in app.extensions:
        app.extensions["stop_worker"]()
