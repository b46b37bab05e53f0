"""The background worker: a thread in the web process by default, a process of its own when
`flask jobs work` is used instead."""

import logging
import threading
import time

from flask import Flask

from corpu import clock, jobs
from corpu.extensions import db

log = logging.getLogger(__name__)

ROUND = 15.0  # seconds between rounds when nothing wakes the worker


def work(app: Flask, stopping: threading.Event) -> None:
    """Do due jobs until told to stop; a round of its own every 15 seconds, sooner when woken."""
    next_tick = 0.0
    while not stopping.is_set():
        jobs.wake.clear()
        try:
            with app.app_context():
                session = db.session()
                if time.monotonic() >= next_tick:
                    jobs.run_ticks(session, clock.now)
                    next_tick = time.monotonic() + ROUND
                while not stopping.is_set() and jobs.run_one(session, clock.now):
                    pass
        except Exception:
            log.exception("the worker goes on after this")
        if not stopping.is_set():
            jobs.wake.wait(max(0.1, next_tick - time.monotonic()))


def start_thread(app: Flask) -> threading.Event:
    """Start the worker beside the web server; answers the event that stops it."""
    stopping = threading.Event()
    thread = threading.Thread(target=work, args=(app, stopping), name="worker", daemon=True)
    app.extensions["worker"] = thread, stopping
    thread.start()
    return stopping


def stop_thread(app: Flask, *, within: float) -> bool:
    """Take no further job and wait for the one under way, `within` seconds at most; answers
    whether the worker has ended. A job cut off is taken up again when its lease runs out."""
    if "worker" not in app.extensions:
        return True
    thread, stopping = app.extensions["worker"]
    stopping.set()
    jobs.wake.set()
    thread.join(within)
    return not thread.is_alive()
