"""Nobody signs in with what stands in the access log."""

from unittest.mock import patch

from gunicorn.glogging import Logger

from corpu.access_log import AccessLog


def test_the_token_of_a_one_time_link_is_left_out():
    line = "GET /login/link/abc-DEF_123?lang=en HTTP/1.1"
    with patch.object(Logger, "atoms", return_value={"r": line, "U": "/login/link/abc", "L": 1}):
        atoms = AccessLog.atoms(AccessLog.__new__(AccessLog))
    assert atoms == {
        "r": "GET /login/link/…?lang=en HTTP/1.1",
        "U": "/login/link/…",
        "L": 1,
    }
