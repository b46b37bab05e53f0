"""The house looks after itself: rules about the code, checked like any other."""

import ast
import os
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import nodes

from corpu import BLUEPRINTS, create_app, jobs
from corpu.cli import COMMANDS
from corpu.manage.words import ACTIONS
from tests.conftest import settings_for

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "corpu"
MODULES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))


@pytest.fixture(scope="session")
def jinja(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    return create_app(settings_for(f"sqlite:///{folder}/none.db", folder)).jinja_env


def short(path):
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_every_view_declares_a_permission(app):
    undeclared = [
        f"{rule.endpoint} ({rule.rule})"
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith("static")
        and not hasattr(app.view_functions[rule.endpoint], "required_permission")
    ]
    assert not undeclared, "add @requires(Permission...) to: " + ", ".join(undeclared)


def test_urls_are_lower_case_with_hyphens(app):
    for rule in app.url_map.iter_rules():
        fixed = "".join(part.content for part in rule._parts if part.static)
        assert fixed == fixed.lower().replace("_", "-"), rule.rule


def test_only_the_unit_of_work_commits():
    commits = [
        f"{short(path)}:{node.lineno} commits; use unit_of_work() in the view"
        for path in MODULES
        if path.name != "transactions.py"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]
    assert not commits


def test_every_room_is_wired():
    """Nothing registered is missing, and nothing is left out because it is missing."""
    rooms = {room for _attribute, *modules in COMMANDS.values() for room in modules}
    for name in [*BLUEPRINTS, *rooms]:
        assert (PACKAGE / (name.replace(".", "/") + ".py")).exists(), name


def test_templates_compile_and_use_what_they_import(jinja):
    unused = {}
    for path in TEMPLATES:
        tree = jinja.parse(path.read_text(), filename=short(path))
        imports = tree.find_all(nodes.FromImport)
        imported = {n if isinstance(n, str) else n[1] for i in imports for n in i.names}
        if left := imported - {name.name for name in tree.find_all(nodes.Name)}:
            unused[short(path)] = sorted(left)
    assert not unused


def test_templates_hold_nothing_inline():
    inline = re.compile(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|<style")
    assert not [short(path) for path in TEMPLATES if inline.search(path.read_text())]


def test_no_file_names_a_registry_or_a_path_of_a_machine():
    """What the project says of itself holds on every machine."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    words = ("pypi" + ".org", "registry." + "npmjs", "files." + "pythonhosted", "/work/" + "main")
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if not path.is_file():
            continue
        data = path.read_bytes()
        assert len(data) < (800_000 if path.suffix == ".po" else 400_000), f"{name} is large"
        for word in words:
            assert word.encode() not in data, f"{name} names {word}"


def test_requirements_are_hashed_and_name_no_host():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "http:" not in text
        assert "https:" not in text
        assert "--index-url" not in text


def test_serving_pages_loads_no_compiler():
    """What only publication, commands and single files need stays out of the server's memory."""
    code = (
        "import sys, wsgi; "
        "print([m for m in ('latex2mathml', 'markdown', 'PIL', 'typst', 'Sastrawi', 'openpyxl',"
        " 'docx', 'lxml') if m in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"CORPU_MODE": "test"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert shown.strip() == "[]"


def test_every_act_in_the_audit_has_its_words():
    """What people read in /manage/audit is a sentence, never a code."""
    recorded = set()
    for path in MODULES:
        for call in ast.walk(tree_of(path)):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            words = [k.value for k in call.keywords if k.arg == "action"]
            if name in ("log", "_log"):
                words += call.args
            recorded |= {
                word.value
                for word in words
                if isinstance(word, ast.Constant) and re.fullmatch(r"\w+\.\w+", str(word.value))
            }
    assert "certificate.revoked" in recorded
    assert recorded <= set(ACTIONS), recorded - set(ACTIONS)


def test_every_kind_of_job_that_is_asked_for_has_its_handler(app):
    """A kind that nobody handles fails twelve times in the worker, and in no test of its room."""
    asked = set()
    for path in MODULES:
        if path.name == "jobs.py":
            continue
        for call in ast.walk(tree_of(path)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "enqueue":
                kind = call.args[1]
                module = import_module(short(path)[:-3].replace("/", "."))
                asked.add(eval(ast.unparse(kind), vars(module)))
    assert "credentials.render" in asked
    assert asked <= set(jobs._handlers), asked - set(jobs._handlers)
