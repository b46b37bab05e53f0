"""Count what a piece of code asks of the database."""

from contextlib import contextmanager

from sqlalchemy import Engine, event

UNCOUNTED = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "SET LOCAL")


@contextmanager
def statements(_where=None):
    """The SQL statements sent inside the block, as a list that fills as they are sent.

    Transaction control is left out: it costs no look at a table. Every engine of the process is
    listened to, since a test's session may use another connection than the application.
    """
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_others):
        if not statement.startswith(UNCOUNTED):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
