"""The entry of the web server and of `flask --app wsgi …`."""

from corpu import create_app

app = create_app()
