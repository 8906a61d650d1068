"""``docs/api.md``: what a program of one's own may use, made from signatures and docstrings."""

from __future__ import annotations

import ast
import enum
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cached_property
from itertools import pairwise
from types import FunctionType
from typing import Any

import archive
from archive.archive import Archive

_HEAD = """\
# Programming interface

Made from the code: `python -m legger.cli.manual docs`. What stands here is what a program of one's own may
use; other names may change without a line in the changelog. `from archive import Archive` (or
`from legger import Archive`, where a module `archive` is one's own already); errors are all `LeggerError`s.

```python
from archive import Archive

with Archive.open("legger.db", read_only=True) as opened:
    for row in opened.runs.list("krant", limit=3):
        print(row.started, row.outcome)
```
"""


def page() -> str:
    """The page, in Markdown."""
    public = {name: getattr(archive, name) for name in archive.__all__}
    services = dict(_services())
    parts = [_HEAD, "\n## Archive\n\n", _said(Archive), *_methods(Archive)]
    parts.append("\nIts services:\n\n| attribute | what it is |\n|---|---|\n")
    parts += [f"| [`{name}`](#{name}) | {says} |\n" for name, (_, says) in services.items()]
    for name, (kind, _) in services.items():
        parts += [f"\n## {name}\n\n`archive.{name}`: ", _said(kind), *_methods(kind)]
    parts.append("\n## What travels\n")
    for name, it in public.items():
        if isinstance(it, type) and it is not Archive and not issubclass(it, Exception):
            parts += [f"\n### {name}\n\n", _said(it), *_members(it)]
    parts.append("\n## Errors\n\n| name | what it means |\n|---|---|\n")
    for name, it in public.items():
        if isinstance(it, type) and issubclass(it, Exception):
            parts.append(f"| `{name}` | {_line(it)} |\n")
    return "".join(parts)


def _services() -> Iterator[tuple[str, tuple[type, str]]]:
    """The attributes of an archive that answer, with their classes and what is said of them."""
    said = _attributes(ast.parse(textwrap.dedent(inspect.getsource(Archive.__init__))).body[0])
    with Archive.open(":memory:") as opened:
        for name, value in list(vars(opened).items()):
            if not name.startswith("_") and name != "session":
                yield name, (type(value), said.get(name, ""))
        for name, made in vars(Archive).items():
            if isinstance(made, cached_property):  # when it is first asked for
                yield name, (type(getattr(opened, name)), _line(made))


def _attributes(node: ast.AST) -> dict[str, str]:
    """Attribute -> the text that stands below it."""
    found = {}
    body = getattr(node, "body", [])
    for each, below in pairwise(body):
        if isinstance(each, ast.Assign):
            target: ast.expr = each.targets[0]
        elif isinstance(each, ast.AnnAssign):
            target = each.target
        else:
            continue
        if (
            isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            name = target.attr if isinstance(target, ast.Attribute) else ast.unparse(target)
            found[name] = _plain(below.value.value)
    return found


def _methods(kind: type) -> Iterator[str]:
    for name, member in _members_of(kind):
        if isinstance(member, property):
            yield f"\n**`.{name}`**\n\n{_said(member)}"
            continue
        function = inspect.unwrap(getattr(member, "__func__", member))
        if isinstance(function, FunctionType):
            yield f"\n**`.{name}{_signature(function)}`**\n\n{_said(function)}"


def _members_of(kind: type) -> Iterator[tuple[str, Any]]:
    """Public members in the order in which they are written, those of base classes of ours behind."""
    seen = set()
    for each in kind.__mro__:
        if each.__module__.startswith(("archive", "legger", "crawler")):
            for name, member in vars(each).items():
                if not name.startswith("_") and name not in seen:
                    seen.add(name)
                    yield name, member


def _signature(function: FunctionType) -> str:
    """Parameters as they are written, without ``self``."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    if node.args.args and node.args.args[0].arg in ("self", "cls"):
        del node.args.args[0]
    gives = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(node.args)}){gives}"


def _members(kind: type) -> Iterator[str]:
    """Fields of a class of values, or members of an enumeration."""
    source = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    said = _attributes(source)
    if issubclass(kind, enum.Enum):
        yield "\n| member | value | |\n|---|---|---|\n"
        for each in kind:
            yield f"| `{each.name}` | `{each.value}` | {_cell(said.get(each.name, ''))} |\n"
    elif is_dataclass(kind):
        yield "\n| field | type | |\n|---|---|---|\n"
        for field in fields(kind):
            kinds = field.type if isinstance(field.type, str) else field.type.__name__
            yield f"| `{field.name}` | `{_cell(kinds)}` | {_cell(said.get(field.name, ''))} |\n"
    yield from _methods(kind)


def _said(it: object) -> str:
    return f"{_plain(inspect.getdoc(it) or '')}\n"


def _line(it: object) -> str:
    return _cell((inspect.getdoc(it) or "").partition("\n\n")[0])


def _cell(text: str) -> str:
    return " ".join(_plain(text).split()).replace("|", "\\|")


def _plain(text: str) -> str:
    """A docstring as Markdown."""
    text = re.sub(
        r":(?:class|func|meth|attr|data|mod|exc):`~?([^`<]*)`",
        lambda hit: f"`{hit[1].rpartition('.')[2]}`",
        inspect.cleandoc(text),
    )
    return text.replace("``", "`")
