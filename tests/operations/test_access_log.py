"""Nobody gets in with what stands in a log."""

from unittest.mock import patch

import pytest
from gunicorn.glogging import Logger

from corpu.access_log import AccessLog


@pytest.mark.parametrize("place", ["/login/link", "/evaluation"])
def test_the_token_of_a_one_time_link_is_left_out(place):
    line = f"GET {place}/abc-DEF_123?lang=en HTTP/1.1"
    with patch.object(Logger, "atoms", return_value={"r": line, "U": f"{place}/abc", "L": 1}):
        atoms = AccessLog.atoms(AccessLog.__new__(AccessLog))
    assert atoms == {"r": f"GET {place}/…?lang=en HTTP/1.1", "U": f"{place}/…", "L": 1}


def test_no_route_with_a_token_is_forgotten(app):
    """Whoever adds one adds it to `addresses.ONE_TIME`."""
    rules = [str(rule) for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert rules
    for rule in rules:
        with patch.object(Logger, "atoms", return_value={"r": rule.replace("<token>", "abc")}):
            assert "abc" not in AccessLog.atoms(AccessLog.__new__(AccessLog))["r"], rule


@pytest.mark.parametrize("place", ["/login/link", "/evaluation"])
def test_an_error_tells_no_token_either(app, session, browser, monkeypatch, caplog, place):
    app.testing = False
    monkeypatch.setattr("flask.app.Flask.dispatch_request", lambda _app: 1 / 0)
    try:
        assert browser.client.get(f"{place}/abc-DEF_123").status_code == 500
    finally:
        app.testing = True
    said = [record.getMessage() for record in caplog.records]
    assert any(f"GET {place}/…" in line for line in said)
    assert not any("abc-DEF" in line for line in said)
