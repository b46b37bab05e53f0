"""What a server needs in memory before it begins: see `tests.serving.NEST`."""

import gc
from importlib import import_module

from flask import Flask

from corpu import BLUEPRINTS, assets, register_blueprints
from corpu.operations import schema
from tests import quick  # noqa: F401 - every server of a run has the same routes and files

GUNICORN = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread")
FACTORY = ("cli", "compression", "demo.cast", "layout", "reactions")
for name in (*GUNICORN, "corpu.worker", *(f"corpu.{name}" for name in (*FACTORY, *BLUEPRINTS))):
    import_module(name)
app = Flask("corpu")
assets.init_app(app)
register_blueprints(app)
schema.revisions()
gc.collect()
gc.freeze()
