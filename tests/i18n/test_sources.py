"""Nothing that people read stands outside the catalogue: neither in a template nor in Python."""

import ast
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.i18n.words import NAMES, SAID, foreign

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "corpu").rglob("templates/**/*.html"))
ENVIRONMENT = Environment(
    extensions=["jinja2.ext.do", "jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True
)

# What is written once for each language, as a page of its own, or must do without a catalogue.
BY_LANGUAGE = re.compile(r"_(id|en)\.html$|errors/bare\.html$")
SAME_IN_BOTH = frozenset(
    {"CorpU", "JP", "NIP", "CSV", "JSON", "WIB", "WITA", "WIT", "English", "Bahasa Indonesia"}
    | {"XXXX-XXXX-XXXX-XXXX", "AGPL-3.0-or-later", "CC BY-SA 4.0"}
)
PUT_IN = "\ue000"  # a letter that nobody writes, legal within a tag too
GETTEXT = frozenset({"_", "_l", "N_", "gettext", "ngettext", "lazy_gettext", "pgettext", "words"})


def short(path):
    return str(path.relative_to(ROOT / "corpu"))


class Texts(HTMLParser):
    """What HTML shows, where `PUT_IN` stands for what Jinja puts in."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in ("code", "svg")
        self.found += [value for name, value in attributes if name in SAID and value]

    def handle_endtag(self, tag):
        self.hidden -= tag in ("code", "svg")

    def handle_data(self, text):
        if not self.hidden:
            self.found += text.split(PUT_IN)


def literal_texts(source: str) -> list[str]:
    """The letters that a template shows without asking gettext."""
    pieces, inside, names, is_class = [], "", [], False
    for _line, kind, value in ENVIRONMENT.lex(source):
        if kind.endswith("_begin"):
            inside = kind
            pieces.append(PUT_IN if kind == "variable_begin" else "")
            names = []
        elif kind.endswith("_end"):
            inside = ""
            if names[:1] in (["block"], ["endblock"]):
                is_class = names[-1].endswith("_class") and names[0] == "block"
        elif kind == "name":
            names.append(value)
        elif kind == "data" and not inside and not is_class:
            pieces.append(value)
    texts = (" ".join(text.split()) for text in Texts("".join(pieces)).found)
    return [text for text in texts if re.search(r"[^\W\d_]", text)]


def loose_strings(source: str) -> list[str]:
    """Sentences and words with a capital that an expression holds outside gettext."""
    tree = ENVIRONMENT.parse(source)
    marked = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
        for constant in call.find_all(nodes.Const)
    }
    return [
        constant.value
        for constant in tree.find_all(nodes.Const)
        if id(constant) not in marked
        and isinstance(constant.value, str)
        and re.match(r"[A-Z][a-z]+\b|\w+ \w+ \w+ \w+", constant.value)
    ]


def test_a_template_says_nothing_outside_gettext():
    said = {}
    for path in TEMPLATES:
        if BY_LANGUAGE.search(short(path)):
            continue
        source = path.read_text(encoding="utf-8")
        texts = literal_texts(source)
        own = [text for text in texts if text.strip(" –.,:()") not in SAME_IN_BOTH]
        if found := own + loose_strings(source):
            said[short(path)] = found
    assert not said


def test_the_search_would_find_them():
    assert literal_texts("<p>{{ a }} dari <b>{% if b %}Simpan{% endif %}</b></p>") == [
        "dari",
        "Simpan",
    ]
    assert literal_texts('<a href="{{ u }}" aria-label="Tutup">{{ _("Buka") }}</a>') == ["Tutup"]
    assert loose_strings('{{ button("Simpan", kind="quiet small") }}{{ _("Buka") }}') == ["Simpan"]


@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_written_for_each_language_keep_to_it(language):
    pages = [path for path in TEMPLATES if path.name.endswith(f"_{language}.html")]
    assert {path.name.removesuffix(f"_{language}.html") for path in pages} == {
        "_about",
        "_accessibility",
        "_privacy",
    }
    for path in pages:
        for text in literal_texts(path.read_text(encoding="utf-8")):
            assert not foreign(text, language), (path.name, text)


# ------------------------------------------------------------------------------------ Python

MODULES = sorted((ROOT / "corpu").rglob("*.py"))
# Data of the demo; words by which titles are compared; words of the course's own language; what
# is printed on certificates and statements or written in their files and signatures, which are
# Indonesian documents, and by which words BSrE refuses; what operators read
# in the console, where there is no reader to ask.
APART = re.compile(
    r"demo/|hours/pairs\.py|operations/|cli\.py$|content/words\.py|catalog/publishing\.py"
    r"|credentials/(attachments|examples|facts|kinds|pdf\w*|rules|snapshot|statements)\.py"
    r"|credentials/badges/document\.py|esign/(signers|pades|bsre)\.py"
)
# Help of commands and the console; the log; mistakes of the program.
NOT_READ = frozenset(
    {"option", "command", "group", "echo", "info", "warning", "error", "ValueError"}
)
REFUSALS = frozenset({"DomainError", "RuleBroken", "NotFound", "NotAllowed", "TooMany"})


def docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def unmarked(tree: ast.Module) -> list[tuple[int, str]]:
    """Indonesian that no gettext call holds."""
    marked = {id(node) for node in docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in GETTEXT | NOT_READ:
            marked |= {id(inner) for inner in ast.walk(node) if isinstance(inner, ast.Constant)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in marked
        and len(node.value.split()) > 1
        and foreign(node.value, "en")
    ]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_python_says_nothing_outside_gettext():
    read = [path for path in MODULES if not APART.search(short(path))]
    assert not [(short(path), found) for path in read if (found := unmarked(tree_of(path)))]


def test_flashes_and_refusals_are_translated():
    """flash("…"), raise RuleBroken("…") and `message = "…"` never hold bare words."""
    assert not [(short(path), lines) for path in MODULES if (lines := bare_words(tree_of(path)))]


def bare_words(tree: ast.Module) -> list[int]:
    bare = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) in REFUSALS | {"flash", "ValidationError"}
        and node.args
        and is_bare(node.args[0])
    ]
    bare += [
        node.lineno
        for kind in ast.walk(tree)
        if isinstance(kind, ast.ClassDef)
        for node in kind.body
        if isinstance(node, ast.Assign)
        and getattr(node.targets[0], "id", "") == "message"
        and is_bare(node.value)
    ]
    return bare


def is_bare(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    )


def test_scripts_have_no_language():
    """What they say stands in data attributes, in the reader's language."""
    for path in sorted((ROOT / "corpu/static/js").rglob("*.js")):
        if path.parent.name == "vendor":  # shows nothing
            continue
        source = re.sub(r"(?s)/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"))
        for quoted in re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`", source):
            text = max(quoted, key=len)
            assert not re.match(r"[A-Z][a-z]+ \w+", NAMES.sub("", text)), (path.name, text)
            assert not (len(text.split()) > 1 and foreign(text, "en")), (path.name, text)
