"""Every form answers in the reader's language, also where WTForms itself speaks."""

import ast
import re
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
import wtforms
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import fields, validators

import corpu
from corpu.forms import WORDS, Form
from tests.i18n.test_catalogue import english
from tests.i18n.words import foreign

PACKAGE = Path(corpu.__file__).parent
FOR_PROGRAMMERS = {"Choices cannot be None.", "Invalid field name '%s'."}
LANGUAGES = ("id", "en")


def every_form(kind=FlaskForm):
    for path in sorted(PACKAGE.glob("*/forms.py")):
        import_module(f"corpu.{path.parent.name}.forms")
    for form in kind.__subclasses__():
        if form.__module__.startswith("corpu."):
            yield form
        yield from every_form(form)


FORMS = sorted(set(every_form()) - {Form}, key=lambda form: (form.__module__, form.__name__))


def sentences_of_wtforms():
    """All that WTForms may say to a person; of one and many the sentence for many."""
    for path in Path(wtforms.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "").endswith("gettext"):
                said = [a.value for a in node.args if isinstance(a, ast.Constant)]
                yield from [text for text in said if isinstance(text, str)][-1:]


def flat(errors):
    if isinstance(errors, dict):
        errors = errors.values()
    for error in errors:
        if isinstance(error, dict | list | tuple):
            yield from flat(error)
        else:
            yield str(error)


def sources():
    """The Indonesian sentences that English says differently, as patterns."""
    for message in english():
        if not message.id or message.context or isinstance(message.id, tuple):
            continue
        if message.id != message.string:
            yield re.compile(
                ".+".join(map(re.escape, re.split(r"%\(\w+\)[sd]", message.id))).replace("%%", "%")
            )


SOURCES = list(sources())


def assert_in(language, text):
    assert text
    assert not foreign(text, language), text
    if language == "en":
        assert not any(source.fullmatch(text) for source in SOURCES), text


def test_every_form_inherits_our_words():
    assert len(FORMS) > 15
    assert [form.__name__ for form in FORMS if not issubclass(form, Form)] == []


def test_every_sentence_of_wtforms_has_ours():
    said = set(sentences_of_wtforms())
    assert len(said) > 30
    assert said - FOR_PROGRAMMERS == WORDS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_sentences_keep_the_places_that_wtforms_fills(app, language):
    with app.test_request_context(f"/?lang={language}"):
        words = Form(meta={"csrf": False}).meta.get_translations(None)
        for sentence in WORDS:
            said = words.gettext(sentence)
            assert words.ngettext("one", sentence, 2) == said
            assert set(re.findall(r"%\(\w+\)", said)) <= set(re.findall(r"%\(\w+\)", sentence))
            assert_in(language, said)


WRONG = [  # a field, and what is sent to it: each makes WTForms itself complain
    (fields.StringField(validators=[validators.DataRequired()]), ""),
    (fields.StringField(validators=[validators.InputRequired()]), ""),
    (fields.StringField(validators=[validators.Length(min=3)]), "x"),
    (fields.StringField(validators=[validators.Length(max=1)]), "xx"),
    (fields.StringField(validators=[validators.Length(min=2, max=2)]), "x"),
    (fields.StringField(validators=[validators.Length(min=2, max=3)]), "x"),
    (fields.StringField(validators=[validators.Regexp("a")]), "b"),
    (fields.StringField(validators=[validators.URL()]), "b"),
    (fields.StringField(validators=[validators.UUID()]), "b"),
    (fields.StringField(validators=[validators.IPAddress()]), "b"),
    (fields.StringField(validators=[validators.MacAddress()]), "b"),
    (fields.StringField(validators=[validators.AnyOf(["a"])]), "b"),
    (fields.StringField(validators=[validators.NoneOf(["b"])]), "b"),
    (fields.StringField(validators=[validators.Disabled()]), "b"),
    (fields.StringField(validators=[validators.ReadOnly()]), "b"),
    (fields.IntegerField(), "b"),
    (fields.IntegerField(validators=[validators.NumberRange(min=2)]), "1"),
    (fields.IntegerField(validators=[validators.NumberRange(max=2)]), "3"),
    (fields.IntegerField(validators=[validators.NumberRange(min=1, max=2)]), "3"),
    (fields.DecimalField(), "b"),
    (fields.FloatField(), "b"),
    (fields.DateField(), "b"),
    (fields.DateTimeLocalField(), "b"),
    (fields.TimeField(), "b"),
    (fields.WeekField(), "b"),
    (fields.DateField(validators=[validators.DateRange(min=date(2026, 1, 1))]), "2025-01-01"),
    (fields.DateField(validators=[validators.DateRange(max=date(2024, 1, 1))]), "2025-01-01"),
    (fields.RadioField(choices=["a"]), "b"),
    (fields.SelectField(choices=["a"]), "b"),
    (fields.SelectField(choices=["1"], coerce=int), "b"),
    (fields.SelectMultipleField(choices=["a"]), "b"),
    (fields.SelectMultipleField(choices=["1"], coerce=int), "b"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(len(WRONG)))
def test_wtforms_speaks_the_language_of_the_reader(app, number, language):
    field, sent = WRONG[number]
    form_of_one = type("OneField", (Form,), {"field": field})
    with app.test_request_context(f"/?lang={language}"):
        form = form_of_one(MultiDict({"field": sent}), meta={"csrf": False})
        assert not form.validate()
        said = list(flat(form.field.errors))
    assert said
    for text in said:
        assert_in(language, text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form_class", FORMS, ids=lambda form: form.__name__)
def test_a_form_of_ours_speaks_one_language(app, form_class, language):
    """Its labels, hints and choices, and whatever it answers to nothing, too much, nonsense."""
    with app.test_request_context(f"/?lang={language}"):
        for sent in ("", "x", "x" * 5000, "99999999999", "2026-02-31", "1800-01-01", "\u202e"):
            names = [name for name, _field in form_class()._fields.items()]
            form = form_class(MultiDict(dict.fromkeys(names, sent)), meta={"csrf": False})
            for field in form:
                if isinstance(field, fields.SelectFieldBase) and field.choices is None:
                    field.choices = []
            form.validate()
            for text in flat(form.errors):
                assert_in(language, text)
        for field in form:
            if isinstance(field, fields.HiddenField):
                continue
            for text in (field.label.text, field.description):
                if text:
                    assert_in(language, str(text))
            for choice in field.choices or () if isinstance(field, fields.SelectFieldBase) else ():
                if str(choice.label) not in ("Bahasa Indonesia", "English"):
                    assert_in(language, str(choice.label) or "–")
