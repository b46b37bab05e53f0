"""When the database does not answer, the person still gets a page with a sentence on it."""

import pytest
from bs4 import BeautifulSoup

from corpu import create_app
from tests.conftest import settings_for


@pytest.fixture
def client(tmp_path):
    nowhere = tmp_path / "gone" / "corpu.db"
    return create_app(settings_for(f"sqlite:///{nowhere}", tmp_path)).test_client()


@pytest.mark.parametrize("signed_in", [False, True], ids=["stranger", "signed in"])
def test_no_database_is_a_page_that_says_try_again(client, signed_in):
    if signed_in:
        with client.session_transaction() as session:
            session["_user_id"] = f"{'0' * 32}.0"
    response = client.get("/nothing-here")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    page = BeautifulSoup(response.text, "html.parser")
    assert page.h1.text == "Sedang sibuk"
    assert page.title.text.startswith("Sedang sibuk")


def test_a_machine_gets_the_same_as_json(client):
    response = client.get("/nothing-here", headers={"Accept": "application/json"})
    assert response.is_json
