"""The English catalogue says everything that the code says, and nothing else."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask_babel import gettext, ngettext

from corpu import i18n
from tests.i18n.words import foreign

ROOT = Path(__file__).parents[2]
PO = ROOT / "corpu/translations/en/LC_MESSAGES/messages.po"
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None, "_l": None, "lazy_gettext": None}
PLACES = re.compile(r"%\((\w+)\)[a-z]")


@cache
def in_the_code() -> Catalog:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog()
    for name, line, message, _comments, context in extract_from_dir(
        ROOT, methods, options, KEYWORDS
    ):
        found.add(message, locations=[(name, line)], context=context)
    return found


@cache
def english() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def messages(catalogue):
    """By what is said; where English needs to know more, by the context too."""
    return {
        (message.context, message.id) if message.context else message.id: message
        for message in catalogue
        if message.id
    }


def test_nothing_that_the_code_says_is_missing():
    missing = {
        message.locations[0]: key
        for key, message in messages(in_the_code()).items()
        if key not in messages(english())
    }
    assert not missing, "run `make messages` and translate what is new"


def test_nothing_is_left_over():
    assert not messages(english()).keys() - messages(in_the_code()).keys(), "run `make messages`"
    assert not english().obsolete


def test_every_message_has_its_english():
    empty = [
        message.id
        for message in messages(english()).values()
        if not (message.string if isinstance(message.string, str) else all(message.string))
    ]
    assert not empty
    assert not [message.id for message in english() if message.id and message.fuzzy]


def test_the_collector_reads_every_template():
    """One that it could not parse would be passed over in silence."""
    named = {name for message in in_the_code() for name, _line in message.locations}
    with_words = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "corpu").rglob("templates/**/*.html")
        if re.search(r'\b(_|ngettext)\("', re.sub(r"(?s){#.*?#}", "", path.read_text("utf-8")))
    }
    assert with_words <= named


def test_places_for_values_are_the_same():
    """A plural may say "one" where the number is one; nothing may name what is not given."""
    for message in messages(english()).values():
        key = message.id
        several = isinstance(key, tuple)
        given = set(PLACES.findall(key[-1] if several else key))
        for form, text in enumerate(message.string if several else (message.string,)):
            used = set(PLACES.findall(text))
            if several and form == 0:
                assert used | {"num"} == given | {"num"}, key
            else:
                assert used == given, key


def test_spaces_at_the_ends_and_per_cent_signs_are_kept():
    for message in messages(english()).values():
        key = message.id
        source, text = (
            (key[-1], message.string[-1]) if isinstance(key, tuple) else (key, message.string)
        )
        assert text[:1].isspace() == source[:1].isspace(), key
        assert text[-1:].isspace() == source[-1:].isspace(), key
        assert text.count("%%") == source.count("%%"), key


def test_no_message_holds_markup():
    """Tags would have to be trusted in every language."""
    for message in messages(in_the_code()).values():
        key = message.id
        for text in key if isinstance(key, tuple) else (key,):
            assert not re.search(r"</?[a-z]+[ >]", text), key


def test_the_english_is_english_and_the_source_is_indonesian():
    for message in messages(english()).values():
        key = message.id
        sources, texts = (
            (key, message.string) if isinstance(key, tuple) else ((key,), (message.string,))
        )
        for text in sources:
            assert not foreign(quoted_away(text), "id"), text
        for text in texts:
            assert not foreign(quoted_away(text), "en"), text


def quoted_away(text: str) -> str:
    """Without commands, keys and file names, which have no language."""
    text = re.sub(r"`[^`]*`|%\(\w+\)[sd]|--\w+|\w+\.\w+|[a-z_]+:|\{[^}]*\}|\?\?\? \w+", " ", text)
    return re.sub(r"\b(true|false|title|draw|completion|review|type|key|jp|minutes)\b", " ", text)


@pytest.mark.parametrize("language", ["id", "en"])
def test_python_and_templates_read_the_same_catalogue_from_any_folder(
    app, language, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    said = {"id": ("Simpan", "3 soal"), "en": ("Save", "3 questions")}[language]
    with app.test_request_context(f"/?lang={language}"):
        assert gettext("Simpan") == said[0]
        assert i18n.words("Simpan") == said[0]
        assert ngettext("%(num)s soal", "%(num)s soal", 3) == said[1]
        assert i18n.plural_words("%(num)s soal", "%(num)s soal", 3) % {"num": 3} == said[1]


def test_english_knows_one_and_many(app):
    with app.test_request_context("/?lang=en"):
        said = [ngettext("%(num)s soal", "%(num)s soal", n) for n in (0, 1, 2)]
    assert said == ["0 questions", "1 question", "2 questions"]
