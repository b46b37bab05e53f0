"""The entry of the web server and of `flask --app wsgi …`."""

import gc

# Nothing that is imported becomes garbage; looking for it took a quarter of the start.
gc.disable()

from corpu import create_app  # noqa: E402 - after the above

app = create_app()
gc.enable()
