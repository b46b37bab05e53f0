"""What a server needs in memory before it begins: see `tests.serving.NEST`."""

import gc
from importlib import import_module

from corpu import BLUEPRINTS

GUNICORN = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread")
for name in (*GUNICORN, "corpu.worker", *(f"corpu.{name}" for name in BLUEPRINTS)):
    import_module(name)
gc.collect()
gc.freeze()
