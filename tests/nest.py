"""What a server needs in memory before it begins: see `tests.serving.NEST`."""

import gc
from importlib import import_module

import gunicorn.app.wsgiapp
import gunicorn.workers.gthread  # noqa: F401

import corpu
import corpu.worker

for name in corpu.BLUEPRINTS:
    import_module(f"corpu.{name}")
gc.collect()
gc.freeze()
