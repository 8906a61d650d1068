"""Every HTML that is written comes from a template, which escapes; code holds no markup."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError

import legger
from legger.templating import environment

FOLDER = Path(legger.__file__).parent
OTHERS = {"simulator"}
"""The practice newspaper, whose pages are those of many strangers."""
ELEMENT = re.compile(r"</[a-z]+>|<(?:p|div|span|h\d|table|tr|td|li|ul|a|html|body|svg|rect|text)[ >]")


def _written(file: Path) -> Iterator[str]:
    """Texts in a module that hold elements, its docstrings apart."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in said:
            continue
        if ELEMENT.search(node.value):
            yield f"{file.relative_to(FOLDER)}:{node.lineno}: {node.value[:60]!r}"


def test_no_page_is_written_by_hand() -> None:
    files = [
        file
        for file in FOLDER.rglob("*.py")
        if file.relative_to(FOLDER).parts[0] not in OTHERS and file.name != "feeds.py"  # Atom is no page
    ]
    assert len(files) > 60
    assert [each for file in files for each in _written(file)] == []


@pytest.mark.parametrize("package", ["legger.web", "legger.notifications", "legger.cli.extraction"])
def test_templates_escape_and_refuse_a_name_that_is_not_given(package: str) -> None:
    templates = environment(package)
    assert templates.list_templates()
    template = templates.from_string("<b>{{ words }}</b>")
    assert template.render(words="<i>") == "<b>&lt;i&gt;</b>"
    with pytest.raises(UndefinedError):
        template.render()
