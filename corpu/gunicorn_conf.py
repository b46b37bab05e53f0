"""How gunicorn serves CorpU: one process of eight threads on SQLite, two on PostgreSQL."""

import gc
import os

from config import Settings
from corpu.extensions import db
from corpu.operations.start import check
from corpu.worker import start_thread, stop_thread

settings = Settings.from_environment()
embedded = settings.database_url.startswith("sqlite")

wsgi_app = "wsgi:app"
bind = [os.environ.get("CORPU_BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")]
worker_class = "gthread"
workers = 1 if embedded else int(os.environ.get("CORPU_WORKERS", "2"))
threads = 8
keepalive = 75
timeout = 60
graceful_timeout = 20  # requests and jobs that are under way at SIGTERM have this long
max_requests = 0
accesslog = "-" if os.environ.get("CORPU_ACCESS_LOG") else None
errorlog = "-"
logger_class = "corpu.access_log.AccessLog"
loglevel = os.environ.get("CORPU_LOG_LEVEL", "info")
limit_request_line = 8190
control_socket_disable = True  # nothing of ours uses it, and it would lie in the home folder


def on_starting(_server):
    """Refuse a wrong start once, in the master, before any worker is made."""
    check(settings)


def post_worker_init(worker):
    """The application stands: begin the background work."""
    app = worker.wsgi
    # What stands for good is not looked through again at every collection of garbage; nothing
    # closes it by itself at the end either (`worker_exit`).
    gc.collect()
    gc.freeze()
    if app.config["SETTINGS"].worker == "thread":
        start_thread(app)


def worker_exit(_server, worker):
    """The last request is answered: let the job under way finish. The master ends what takes
    longer than its patience, and the job's lease gives it to somebody else."""
    app = getattr(worker, "wsgi", None)
    if app is not None:
        stop_thread(app, within=graceful_timeout)
        with app.app_context():
            db.engine.dispose()  # SQLite's last words go into its file
