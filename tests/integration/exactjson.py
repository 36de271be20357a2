"""JSON as it was written: numbers by their exact decimal value, members that are there twice, raw slices of the text."""
import json
import re
from decimal import Decimal


class Number:
    """A number by its text; equal to another of the same exact decimal value (1.0 = 1, -0 = 0)."""
    __slots__ = ('text',)

    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        if not isinstance(other, Number):
            return NotImplemented
        return self.text == other.text or Decimal(self.text) == Decimal(other.text)

    def __hash__(self):
        return hash(Decimal(self.text))

    def __repr__(self):
        return self.text


class Duplicates(list):
    """An object in which a name is there twice: its (name, value) pairs as written."""


def _object(pairs):
    members = dict(pairs)
    return members if len(members) == len(pairs) else Duplicates(pairs)


def _refuse(word):
    raise ValueError('%s is not JSON' % word)


_scan = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_refuse, object_pairs_hook=_object).scan_once
_space = re.compile(r'[ \t\n\r]*')
_string_or_space = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\n\r]+', re.DOTALL)


def _skip(text, at):
    return _space.match(text, at).end()


def _expect(text, at, allowed):
    if text[at:at + 1] not in allowed or at >= len(text):
        raise ValueError('one of %s was expected at %d of %.200s' % (allowed, at, text))
    return text[at]


def _value_end(text, at):
    try:
        return _scan(text, at)
    except StopIteration:
        raise ValueError('a value was expected at %d of %.200s' % (at, text)) from None


def value(text):
    """The value of a whole text: Number, str, bool, None, list, dict or Duplicates."""
    result, end = _value_end(text, _skip(text, 0))
    if _skip(text, end) != len(text):
        raise ValueError('text after the value: %.200s' % text[end:])
    return result


def compact(text):
    """The tokens of the text without the white space between them."""
    return _string_or_space.sub(lambda match: match.group(1) or '', text)


def elements(text):
    """The raw texts of an array's elements."""
    at = _skip(text, 0)
    _expect(text, at, '[')
    at, result = _skip(text, at + 1), []
    if text[at] == ']':
        return result
    while True:
        end = _value_end(text, at)[1]
        result.append(text[at:end])
        at = _skip(text, end)
        if _expect(text, at, ',]') == ']':
            return result
        at = _skip(text, at + 1)


def members(text):
    """The (name, raw text of the value) pairs of an object, as written."""
    at = _skip(text, 0)
    _expect(text, at, '{')
    at, result = _skip(text, at + 1), []
    if text[at] == '}':
        return result
    while True:
        name, at = _value_end(text, at)
        at = _skip(text, at)
        _expect(text, at, ':')
        start = _skip(text, at + 1)
        end = _value_end(text, start)[1]
        result.append((name, text[start:end]))
        at = _skip(text, end)
        if _expect(text, at, ',}') == '}':
            return result
        at = _skip(text, at + 1)


def tokens(pointer):
    """The reference tokens of an RFC 6901 pointer."""
    if pointer == '':
        return []
    if not pointer.startswith('/'):
        raise ValueError('%r is no JSON Pointer' % pointer)
    return [part.replace('~1', '/').replace('~0', '~') for part in pointer[1:].split('/')]


def at(text, pointer):
    """The raw text that an RFC 6901 pointer leads to; None where it leads nowhere."""
    for token in tokens(pointer):
        text = text.strip(' \t\r\n')
        if text.startswith('{'):
            text = dict(members(text)).get(token)
        elif text.startswith('[') and token.isdigit() and int(token) < len(elements(text)):
            text = elements(text)[int(token)]
        else:
            return None
        if text is None:
            return None
    return text
