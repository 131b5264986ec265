"""Arguments as a model writes them, made into what the function's annotations ask for."""

import ast
import collections.abc
import dataclasses
import datetime
import enum
import inspect
import json
import types
import typing

UNION_TYPES = (typing.Union, getattr(types, "UnionType", typing.Union))
SEQUENCES = (list, set, frozenset, tuple)
ABSTRACT = {
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Iterable: list,
    collections.abc.Collection: list,
    collections.abc.Set: set,
    collections.abc.Mapping: dict,
    collections.abc.MutableMapping: dict,
}


def coerce_arguments(function, arguments):
    hints = _hints(function)
    return {name: _coerce_named(name, value, hints.get(name, typing.Any)) for name, value in arguments.items()}


def _hints(function):
    try:
        return typing.get_type_hints(function)
    except Exception:
        # A name that is known to type checkers only: what is no text is still of use.
        found = getattr(function, "__annotations__", {})
        return {name: hint for name, hint in found.items() if not isinstance(hint, str)}


def _coerce_named(name, value, hint):
    try:
        return coerce(value, hint)
    except (TypeError, ValueError, SyntaxError) as error:
        shown = getattr(hint, "__name__", None) if isinstance(hint, type) else None
        raise ValueError(f"Failed to coerce argument '{name}' to {shown or hint}: {error}") from None


def coerce(value, hint):
    # Of some versions it is a class, which nothing is an instance of.
    if hint is typing.Any:
        return value
    origin = typing.get_origin(hint)
    if origin in UNION_TYPES:
        return _one_of(value, typing.get_args(hint))
    if origin is typing.Literal:
        return _literal(value, typing.get_args(hint))
    container = ABSTRACT.get(origin or hint, origin or hint)
    if container in SEQUENCES:
        return _sequence(_parsed(value), container, typing.get_args(hint))
    if container is dict:
        return _mapping(_parsed(value), typing.get_args(hint))
    return _plain(value, hint) if isinstance(hint, type) else value


def _one_of(value, hints):
    if value is None and type(None) in hints:
        return None
    simple = [hint for hint in hints if isinstance(hint, type)]
    if type(value) in simple:
        return value
    problem = ValueError("no type fits")
    for hint in hints:
        if hint is type(None):
            continue
        try:
            return coerce(value, hint)
        except (TypeError, ValueError, SyntaxError) as error:
            problem = error
    raise problem


def _literal(value, choices):
    for choice in choices:
        if value == choice or str(value) == str(choice):
            return choice
    raise ValueError(f"it is none of {', '.join(map(repr, choices))}")


def _sequence(value, container, hints):
    if isinstance(value, (str, bytes, dict)) or not isinstance(value, collections.abc.Iterable):
        raise ValueError(f"{value!r} is no list")
    items = list(value)
    if container is tuple and hints and hints[-1] is not Ellipsis:
        if len(items) != len(hints):
            raise ValueError(f"it has {len(items)} items in place of {len(hints)}")
        return tuple(coerce(item, hint) for item, hint in zip(items, hints))
    return container(coerce(item, hints[0]) for item in items) if hints else container(items)


def _mapping(value, hints):
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no object")
    if len(hints) != 2:
        return dict(value)
    return {coerce(key, hints[0]): coerce(item, hints[1]) for key, item in value.items()}


def _parsed(value):
    """Models now and then write a structure as a text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        pass
    try:
        return ast.literal_eval(value)
    except (TypeError, ValueError, SyntaxError, MemoryError, RecursionError):
        # Its own words are of places in memory.
        raise ValueError(f"got {value!r}") from None


def _plain(value, hint):
    if hint in (object, type(None)) or isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    if hint is str:
        return str(value)
    if hint is bool:
        return bool(_parsed(value.lower() if isinstance(value, str) and value in ("True", "False") else value))
    if hint in (int, float):
        return _number(value, hint)
    if hasattr(hint, "model_validate"):
        return hint.model_validate(_parsed(value))
    if hasattr(hint, "parse_obj"):
        return hint.parse_obj(_parsed(value))
    if issubclass(hint, enum.Enum):
        return hint(value)
    if hint in (datetime.datetime, datetime.date, datetime.time) and isinstance(value, str):
        return hint.fromisoformat(value)
    if dataclasses.is_dataclass(hint) and isinstance(_parsed(value), dict):
        return hint(**{name: _member(hint, name, item) for name, item in _parsed(value).items()})
    return value


def _number(value, hint):
    try:
        return hint(_parsed(value))
    except (TypeError, ValueError):
        raise ValueError(f"expected {hint.__name__}, got {value!r}") from None


def _member(hint, name, value):
    return coerce(value, _hints(hint).get(name, typing.Any))


def takes(function, name):
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
