"""JSON as sites write it: comments, several values in a row, bad escapes, bare quotes, no end.

Read strictly first; what that refuses is repaired in one pass over its characters and read once more.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import orjson

_PLAIN = re.compile(r"[^\"'\\{}\[\],:/<\-;\]\s]+")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)|<!--|-->|<!\[CDATA\[|\]\]>", re.S)
_IN_STRING = re.compile(r"[^\"\\]+")
_IN_SINGLE = re.compile(r"[^'\"\\]+")
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[\da-fA-F]{4})')
_SPACE = re.compile(r"\s+")
_THEN = re.compile(r"(?:\s+|/\*.{0,300}?\*/|//[^\n]{0,300}\n){0,9}(?:([,;:}\]])|\Z)", re.S)
_NEXT_KEY = re.compile(r"""\s*(?:["'](?:[^"'\\]|\\.){0,100}["']\s*:|[}\]]|/[/*]|\Z)""")
_NEXT_VALUE = re.compile(r"\s*(?:[\"'{\[\]\d/-]|true\b|false\b|null\b|\Z)")
_NEXT_WITHOUT_COMMA = re.compile(r"""\s+"[@\w.-]{1,60}"\s*:""")
_ENDS_ON_A_STROKE = re.compile(r"""\\"\s*,\s*"[@\w.-]{1,60}"\s*:""")
"""A string whose last sign is a stroke that nobody doubled, and then the next key."""
_CURLY = re.compile(r"[{,]\s*[“”]")
_WORDS = {"undefined": "null", "NaN": "null", "None": "null", "True": "true", "False": "false"}
_ESCAPES = re.compile(
    r"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(\\u[dD][89a-fA-F][\da-fA-F]{2})|\\."
)


_STRAIGHT = str.maketrans("“”", '""')


def read_json(text: str) -> list[Any]:
    """The values in *text*, one after another; none where it is hopeless."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    else:
        return read_json(value) if isinstance(value, str) and value[:1] in ("{", "[") else [value]
    if _CURLY.search(text):
        text = text.translate(_STRAIGHT)
    if "&quot;" in text and '"' not in text:
        text = unescape(text)
    values = []
    for document in _Repair(text).documents():
        try:
            # raw line ends inside strings are forgiven
            values.append(json.JSONDecoder(strict=False).decode(without_halves(document)))
        except (ValueError, RecursionError):
            continue
    return values


def without_halves(text: str) -> str:
    """JSON in which an escape for half a character (``\\ud83d`` alone) stands for U+FFFD.

    Who cuts a text by UTF-16 units cuts through emoji; no text of ours may hold half of one.
    """
    return _ESCAPES.sub(lambda hit: "\\ufffd" if hit[1] else hit[0], text)


_MOST = 100
"""So many values in one text are enough."""


class _Repair:
    """One pass over a text that is nearly JSON. Every character is looked at once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.out: list[str] = []
        self.open: list[str] = []
        self.last = ""
        """The last thing written that is no white space: a sign, or ``v`` for a value."""
        self.done: list[str] = []

    def documents(self) -> list[str]:
        """The text's values as JSON, each as a string."""
        text = self.text
        while self.at < len(text) and len(self.done) < _MOST:
            sign = text[self.at]
            if space := _SPACE.match(text, self.at):
                self.at = space.end()
            elif sign in "\"'":
                self._string(sign)
            elif sign == "{" == self.last:  # twice what is meant once
                self.at += 1
            elif sign in "{[":
                self._before_value()
                self.open.append(sign)
                self._write(sign, sign)
                self.at += 1
            elif comment := _COMMENT.match(text, self.at):
                self.at = comment.end()
            elif sign in "}]":
                self._close(sign)
                self.at += 1
            elif sign in ",:":
                if sign == "," and self.last == ":":
                    self._write("null", "v")
                if self.open and self.last not in (",", ":", "{", "["):
                    self._write(sign, sign)
                self.at += 1
            elif plain := _PLAIN.match(text, self.at):
                self._before_value()
                key = bool(self.open) and self.open[-1] == "{" and self.last in ("{", ",")
                self._write(f'"{plain[0]}"' if key else _WORDS.get(plain[0], plain[0]), "v")
                self.at = plain.end()
            else:
                if sign == "-":  # of a number
                    self._before_value()
                    self._write(sign, "-")
                self.at += 1
        while self.open:
            self._close("}" if self.open[-1] == "{" else "]")
        self._end()
        return self.done

    def _write(self, piece: str, what: str) -> None:
        self.out.append(piece)
        self.last = what

    def _before_value(self) -> None:
        """A value begins: end the one before it, or put the comma that was forgotten between the two."""
        if self.last not in ("v", "}", "]"):
            return
        if self.open:
            self._write(",", ",")
        else:
            self._end()

    def _end(self) -> None:
        if self.out:
            self.done.append("".join(self.out))
        self.out, self.last = [], ""

    def _close(self, sign: str) -> None:
        """Close what *sign* closes, and what was left open inside it."""
        opening = "{" if sign == "}" else "["
        if opening not in self.open:
            return
        while self.open:
            if self.last == ",":
                self.out.pop()
            elif self.last == ":":
                self.out.append("null")
            inner = self.open.pop()
            self._write("}" if inner == "{" else "]", "}" if inner == "{" else "]")
            if inner == opening:
                return

    def _string(self, quote: str) -> None:
        """A string; a quote inside it that nothing expects after is part of it."""
        self._before_value()
        text, at, pieces = self.text, self.at + 1, ['"']
        key = bool(self.open) and self.open[-1] == "{" and self.last in ("{", ",")
        inside = _IN_STRING if quote == '"' else _IN_SINGLE
        while at < len(text):
            if plain := inside.match(text, at):
                pieces.append(plain[0])
                at = plain.end()
            elif text[at] == "\\":
                if not key and _ENDS_ON_A_STROKE.match(text, at):
                    pieces.append("\\\\")
                    at += 2
                    break
                if escape := _ESCAPE.match(text, at):
                    pieces.append(escape[0])
                    at = escape.end()
                else:  # no escape of JSON: the sign itself is meant
                    pieces.append('\\"' if text[at + 1 : at + 2] == '"' else text[at + 1 : at + 2])
                    at += 2
            elif text[at] == quote and self._ends(at + 1, key=key):
                at += 1
                break
            else:
                pieces.append('\\"' if text[at] == '"' else text[at])
                at += 1
        pieces.append('"')
        self._write("".join(pieces), "v")
        self.at = at

    def _ends(self, at: int, *, key: bool) -> bool:
        """Whether a string may end before *at*: what may follow it follows."""
        then = _THEN.match(self.text, at)
        if then is None:  # nothing ends it, or the comma was forgotten before the next key
            inside = bool(self.open) and self.open[-1] == "{" and not key
            return not self.open or (inside and _NEXT_WITHOUT_COMMA.match(self.text, at) is not None)
        sign = "," if then[1] == ";" else then[1]
        if sign is None:
            return True
        if sign == ":":
            return key
        if key or not self.open:
            return False
        if sign == ",":
            follows = _NEXT_KEY if self.open[-1] == "{" else _NEXT_VALUE
            return follows.match(self.text, then.end()) is not None
        return sign == ("}" if self.open[-1] == "{" else "]")
