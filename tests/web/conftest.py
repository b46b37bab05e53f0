"""An application of the real make whose database is never opened: what is drawn here asks none."""

import pytest
from flask_babel import force_locale

from corpu import create_app
from tests.conftest import settings_for


@pytest.fixture(scope="session")
def bare_app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare")
    return create_app(settings_for(f"sqlite:///{folder / 'never-opened.db'}", folder))


@pytest.fixture
def draw(bare_app):
    """Render a piece of template the way pages do: strict about what is undefined."""

    def draw(source, *, locale="id", **values):
        with bare_app.test_request_context("/"), force_locale(locale):
            return bare_app.jinja_env.from_string(source).render(values)

    return draw
