"""`/api/v1/verify`: what machines are told, and what not."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from corpu.credentials import answers
from corpu.credentials.answers import Question, State
from corpu.credentials.checking import Finding
from corpu.credentials.models import Certificate
from corpu.credentials.rules import format_code
from corpu.throttle import FAILURES
from tests.credentials.samples import sample, signed_text
from tests.credentials.world import bpsdm, issue, make_course, revoked
from tests.page import look_again
from tests.statements import statements

OPENAPI = json.loads((Path(__file__).parents[2] / "corpu/data/openapi.json").read_text())
HERE = "/api/v1/verify"


@pytest.fixture
def certificate(session, app, mira, at):
    return issue(session, mira, make_course(session, app, bpsdm(session)), at)


@pytest.fixture
def client(app, session):
    return app.test_client()


def fault(schema, value, path="$") -> str:
    """What of a value is not as a schema of ours says, or nothing: as much of JSON Schema as
    the description uses."""
    if "$ref" in schema:
        return fault(
            OPENAPI["components"]["schemas"][schema["$ref"].rpartition("/")[2]], value, path
        )
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if not isinstance(value, kinds[schema["type"]]):
        return f"{path} is no {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{path} is {value}"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"{path} is {value}"
    if schema["type"] == "object":
        known = schema.get("properties", {})
        if missing := set(schema.get("required", ())) - set(value):
            return f"{path} lacks {missing}"
        if schema.get("additionalProperties") is False and set(value) - set(known):
            return f"{path} has {set(value) - set(known)}"
        found = [
            fault(known[key], one, f"{path}.{key}") for key, one in value.items() if key in known
        ]
        return next(filter(None, found), "")
    if schema["type"] == "array":
        found = [fault(schema["items"], one, f"{path}[{n}]") for n, one in enumerate(value)]
        return next(filter(None, found), "")
    return ""


def asked(client, method, status=200, **options):
    """The answer, once it is as the description says."""
    look_again()
    response = getattr(client, method)(HERE, **options)
    assert response.status_code == status, response.text
    described = OPENAPI["paths"][HERE][method]["responses"][str(status)]["content"]
    ((mimetype, content),) = described.items()
    assert response.mimetype == mimetype
    said = response.get_json()
    assert fault(content["schema"], said) == ""
    return said


def test_every_address_and_word_is_described(app):
    ours = {
        (rule.rule, method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, of in OPENAPI["paths"].items() for method in of}
    assert ours == described
    schemas = OPENAPI["components"]["schemas"]
    assert schemas["Answer"]["properties"]["state"]["enum"] == [one.value for one in State]
    assert set(schemas["Answer"]["properties"]["finding"]["enum"]) == set(Finding)
    assert schemas["One"]["properties"].keys() - {"at"} == schemas["Answer"]["properties"].keys()


def test_the_description_is_served(client):
    assert client.get("/api/v1/openapi.json").get_json() == OPENAPI


def test_one_code_is_answered_as_its_page_does_and_says_no_more_of_people(
    client, session, certificate, mira
):
    with statements() as sent:
        said = asked(client, "get", query_string={"code": format_code(certificate.code)})
    assert len(sent) <= 2, sent
    assert said["state"] == "valid"
    assert said["certificate"]["name"] == "Mira Lestari"
    assert said["certificate"]["nip"].endswith(mira.nip[-3:])
    page = client.get(f"/verify/{certificate.code}").text
    for key in ("name", "nip", "unit", "course", "number", "issuer", "code"):
        assert said["certificate"][key] in page, key
    everything = json.dumps(said)
    assert mira.nip not in everything
    assert mira.email not in everything
    address = f"http://contoh/verify/{certificate.code}"
    assert asked(client, "get", query_string={"code": address})["state"] == "valid"
    assert (
        client.get(HERE, query_string={"code": "x"}).headers["Access-Control-Allow-Origin"] == "*"
    )


def test_revoked_damaged_and_unknown_ones_are_said_to_be_so(client, session, certificate, at):
    assert asked(client, "get", 404, query_string={"code": "CU35-0000-0000-0000"}) == {
        "at": asked(client, "get", 404, query_string={"code": "nonsens"})["at"],
        "state": "unknown",
    }
    revoked(session, certificate.id, at, reason="Ditukar Budi")
    session.commit()
    said = asked(client, "get", query_string={"code": certificate.code})
    assert (said["state"], said["revoked_on"]) == ("revoked", "2026-11-24")
    assert "Budi" not in json.dumps(said), "what was written freely may name people"
    session.execute(update(Certificate).values(snapshot_sha256="0" * 64))
    session.commit()
    said = asked(client, "get", query_string={"code": certificate.code})
    assert (said["state"], "certificate" in said) == ("uncertain", False)


def test_many_are_answered_in_order_in_few_statements(client, session, certificate, mira):
    qr = f"{certificate.snapshot['verify_url']}#{certificate.qr_payload}"
    letter = "A" if qr[-9] != "A" else "B"
    items = {
        "valid": {"code": certificate.code},
        "valid2": {"code": qr},
        "forged": {"code": qr[:-9] + letter + qr[-8:]},
        "forged2": {"code": signed_text(sample())},
        "unknown": {"code": "CU35-0000-0000-0000"},
        "valid3": {"number": certificate.number, "nip": mira.nip},
        "valid4": {"number": certificate.number, "name": "mira  LESTARI, S.Sos."},
        "unknown2": {"number": certificate.number, "name": "Jonas Tahitu"},
        "unknown3": {"number": certificate.number, "name": "Mira Lestari", "nip": "1" * 18},
        "unknown4": {"number": "1/2026", "name": "Mira Lestari"},
        "incomplete": {"number": certificate.number},
        "incomplete2": {},
        "incomplete3": {"number": certificate.number, "name": " "},
    }
    with statements() as sent:
        said = asked(client, "post", json={"items": list(items.values())})["items"]
    assert len(sent) <= 7, sent
    expected = [name.rstrip("0123456789") for name in items]
    assert [one["state"] for one in said] == expected


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"items": []},
        {"items": [{}] * 501},
        {"items": ["CU35"]},
        {"items": [{"code": 5}]},
        {"items": [{"code": "x" * 2001}]},
        {"items": [{"kode": "x"}]},
    ],
)
def test_what_is_not_of_the_shape_is_refused_with_how_to_write_it(client, sent):
    said = asked(client, "post", 400, json=sent)
    assert '{"items"' in said["detail"]
    english = asked(client, "get", 400, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert english["title"] != said["title"]
    assert asked(client, "get", 400, query_string={"lang": "en"}) == english


def test_too_large_a_body_is_a_problem_too(client):
    data = json.dumps({"items": [{"code": "x" * 2_000_000}]})
    assert asked(client, "post", 413, data=data, content_type="application/json")["status"] == 413


def test_unknown_ones_are_slowed_down_and_known_ones_never(client, certificate):
    wrong = [{"code": f"CU35-0000-0000-{n:04}"} for n in range(FAILURES)]
    assert {one["state"] for one in asked(client, "post", json={"items": wrong})["items"]} == {
        "unknown"
    }
    late = client.post(HERE, json={"items": [{"code": "nonsens"}, {"code": certificate.code}]})
    assert [one["state"] for one in late.get_json()["items"]] == ["not_checked", "valid"]
    assert late.headers["Retry-After"] == "600"
    assert asked(client, "get", query_string={"code": certificate.code})["state"] == "valid"
    asked(client, "get", 429, query_string={"code": "nonsens"})
    refused = client.post(HERE, json={"items": wrong[:2]})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert client.get("/verify/CU35-0000-0000-0000").status_code == 429, "one measure for all"
    elsewhere = client.get(
        HERE, query_string={"code": "nonsens"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 404


WORDS = st.lists(
    st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=8).filter(
        lambda word: word.casefold() not in answers.TITLES
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


@settings(max_examples=40)
@given(WORDS, WORDS)
def test_a_name_fits_itself_with_and_without_titles_and_no_other(name, other):
    content = replace(sample(), name=f"Dr. {name}, S.Sos.")
    shown = SimpleNamespace(content=content)
    for typed in (name, f"Drs. H. {name}", f"  {name} , M.Si.", content.name):
        assert answers.fits(Question(number="1", name=typed), shown), typed
    assert answers.fits(Question(number="1", name=other), shown) == (
        "".join(other.split()).casefold() == "".join(name.split()).casefold()
    )
    assert not answers.fits(Question(number="1"), shown)
