"""Results as JSON: what has no form in it becomes its str()."""

import dataclasses
import datetime
import decimal
import enum
import json
import pathlib
import uuid


def to_json(value):
    """The text of a JSON value; that of str(value) as a whole where a part of it has none."""
    try:
        return json.dumps(value, default=_form, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(str(value))


def _form(value):
    if callable(getattr(value, "model_dump", None)):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (uuid.UUID, decimal.Decimal, pathlib.PurePath)):
        return str(value)
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8")
    raise TypeError(f"{type(value).__name__} has no form in JSON")
