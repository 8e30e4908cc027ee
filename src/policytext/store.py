"""What was computed once is found again: results on disk, keyed by content.

A key is made of a function's arguments and of its code as compiled, with that of every function of
this package it calls; comments, drawing and writing (``report``, ``lab``) do not count. So a change
to a plot reads no corpus again, and no stale table is served. Parquet and JSON execute nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import importlib
import inspect
import json
import os
import re
import shutil
import tempfile
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from filelock import FileLock
from pydantic import BaseModel
from scipy import sparse

from policytext.study import PROCESSED, file_sha256

FOLDER = PROCESSED / "store"
DAMAGED = (OSError, ValueError, KeyError, pa.ArrowException)
_PLAIN = (str, bytes, int, float, complex, slice, Path, np.generic, pd.Timestamp, pd.Period,
          pd.Timedelta, type(None), type(...), type(pd.NaT), type(pd.NA))  # fmt: skip
_OUTSIDE = ("policytext.report", "policytext.lab", "policytext.store", "policytext.faults")


def stored(function: Callable) -> Callable:
    """Keep what a slow function of plain tables returned, and find it again.

    Arguments may be DataFrames, Series, arrays, sparse matrices, dataclasses of this package that
    hold these, paths, lists, tuples, dicts of str, and scalars; results may be no Series, sparse
    matrix or path. A damaged entry is made anew. The wrapped function is ``__wrapped__``.

    >>> from policytext.topics.trust import fit_topics
    >>> fit_topics.__wrapped__.__name__
    'fit_topics'
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def found_or_made(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        name = f"{function.__module__.removeprefix('policytext.')}.{function.__name__}"
        place = entry(name, (code_of(function), dict(bound.arguments)))
        return kept(place, functools.partial(function, *args, **kwargs))

    return found_or_made


def kept(place: Path, make: Callable[[], object]) -> object:
    """What is kept there or, where nothing is, what `make` gives, which is kept then."""
    with contextlib.suppress(*DAMAGED):
        return read_entry(place)
    # Two chapters that run side by side do not make the same thing twice.
    lock = place.with_suffix(".lock")
    with FileLock(lock, is_singleton=True):
        try:
            with contextlib.suppress(*DAMAGED):
                return read_entry(place)
            write_entry(make(), place)
            return read_entry(place)  # the first run gets the same types as every later one
        finally:
            with contextlib.suppress(OSError):  # Windows keeps what another process has open
                lock.unlink()


def entry(name: str, key: object) -> Path:
    """Where what has this content as its key is kept, or would be."""
    place = FOLDER / name / digest(key)[:24]
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def digest(value: object) -> str:
    """SHA-256 of a value's content, the same in every process.

    >>> digest({"a": 1}) == digest({"a": 1}), digest([1]) == digest([1.0])
    (True, False)
    """
    hasher = hashlib.sha256()
    _feed(hasher, value)
    return hasher.hexdigest()


def _feed(hasher, value: object) -> None:
    hasher.update(type(value).__name__.encode() + b"\0")
    match value:
        case pd.DataFrame():
            table = pa.Table.from_pandas(value.rename(columns=str)).replace_schema_metadata()
            hasher.update(table.schema.serialize())
            for batch in table.to_batches(max_chunksize=100_000):
                hasher.update(batch.serialize())
        case pd.Series() if pd.api.types.infer_dtype(value).startswith("mixed"):
            _feed(hasher, [value.index, *value])  # which Arrow does not take
        case pd.Series():
            _feed(hasher, value.to_frame("value"))
        case pd.Index() | pd.api.extensions.ExtensionArray():
            _feed(hasher, pd.Series([*value], dtype=object))
        case np.ndarray() if value.dtype == object:
            _feed(hasher, [value.shape, *value.tolist()])
        case np.ndarray():
            hasher.update(f"{value.dtype}{value.shape}".encode())
            hasher.update(np.ascontiguousarray(value))
        case sparse.spmatrix() | sparse.sparray():
            rows = value.tocsr()
            _feed(hasher, (rows.shape, rows.indptr, rows.indices, rows.data))
        case BaseModel():
            hasher.update(value.model_dump_json().encode())
        case dict():
            _feed(hasher, [list(value), list(value.values())])
        case list() | tuple() if set(map(type, value)) == {str}:
            hasher.update(repr(value).encode(errors="surrogatepass"))
        case list() | tuple():
            for item in value:
                _feed(hasher, item)
        case set() | frozenset():
            _feed(hasher, sorted(value, key=repr))
        case types.FunctionType():
            hasher.update(code_of(value).encode())
        case functools.partial():
            _feed(hasher, (value.func, value.args, value.keywords))
        case types.CodeType():
            names = value.co_names, value.co_varnames
            _feed(hasher, (value.co_code, value.co_consts, *names))
        case re.Pattern():
            hasher.update(repr((value.pattern, value.flags)).encode())
        case _ if isinstance(value, _PLAIN):
            hasher.update(repr(value).encode(errors="surrogatepass"))
        case _ if dataclasses.is_dataclass(value):
            _feed(hasher, _fields(value))
        case _:
            raise TypeError(f"no digest of {type(value).__name__}")
    hasher.update(b"\1")


def _fields(value: object) -> dict:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


@functools.cache
def code_of(function: Callable) -> str:
    """SHA-256 of what a function and all of this package that it calls were compiled to."""
    seen: dict[str, str] = {}
    _collect(function, seen)
    return text_sha256("\n".join(f"{name}={seen[name]}" for name in sorted(seen)))


def _collect(thing: object, seen: dict[str, str]) -> None:
    """Digests of a function or class, and of what its names refer to, into `seen`."""
    thing = inspect.unwrap(thing) if callable(thing) else thing
    module = getattr(thing, "__module__", "") or ""
    name = f"{module}.{getattr(thing, '__qualname__', '')}"
    if not module.startswith("policytext") or module.startswith(_OUTSIDE) or name in seen:
        return
    members = [thing]
    if inspect.isclass(thing):
        plain = {key: own for key, own in vars(thing).items() if type(own) in (str, int, float)}
        seen[name] = digest((str(inspect.get_annotations(thing)), plain))
        members = [
            inspect.unwrap(getattr(m, "fget", None) or getattr(m, "func", None) or m)
            for m in vars(thing).values()
            if callable(m) or hasattr(m, "fget") or hasattr(m, "func")
        ]
    for member in members:
        if hasattr(member, "__code__") and member.__code__.co_filename != "<string>":  # dataclass
            own = member.__code__, member.__defaults__, member.__kwdefaults__
            seen[f"{module}.{member.__qualname__}"] = digest(own)
            _collect_names(member.__code__, member.__globals__, seen)


def _collect_names(code: types.CodeType, names: dict, seen: dict[str, str]) -> None:
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            _collect_names(inner, names, seen)
    for name in code.co_names:
        value = names.get(name)
        if isinstance(value, types.ModuleType) and value.__name__.startswith("policytext"):
            for attribute in code.co_names:  # module.function
                member = getattr(value, attribute, None)
                if callable(member) and not value.__name__.startswith(_OUTSIDE):
                    _collect(member, seen)
        elif callable(value):
            _collect(value, seen)
        elif isinstance(value, str | int | float | tuple | list | dict | frozenset | re.Pattern):
            with contextlib.suppress(TypeError):  # holds what has no content of its own
                seen[f"{names['__name__']}:{name}"] = digest(value)


def write_entry(value: object, place: Path) -> None:
    """Keep a value: into a folder beside, moved when whole: two processes never see half an entry."""
    with tempfile.TemporaryDirectory(dir=place.parent, ignore_cleanup_errors=True) as folder:
        part = Path(folder) / "entry"
        part.mkdir()
        shape = _encoded(value, part)
        sums = {path.name: file_sha256(path) for path in sorted(part.iterdir())}
        content = json.dumps({"value": shape, "files": sums}, ensure_ascii=False)
        (part / "entry.json").write_text(content + "\n" + text_sha256(content), encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        with contextlib.suppress(OSError):  # another process was faster
            part.rename(place)


def read_entry(place: Path) -> object:
    """The value kept there; one of `DAMAGED` is raised where there is none, or not what was kept."""
    content, _, checksum = (place / "entry.json").read_text(encoding="utf-8").rpartition("\n")
    if text_sha256(content) != checksum:
        raise ValueError("damaged entry")
    entry = json.loads(content)
    if {name: file_sha256(place / name) for name in entry["files"]} != entry["files"]:
        raise ValueError("damaged table")
    os.utime(place)
    return _decoded(entry["value"], place)


def text_sha256(text: str) -> str:
    """SHA-256 of a text, lone surrogates too."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _encoded(value: object, folder: Path) -> object:
    """JSON that names the Parquet files of the tables in it."""
    if isinstance(value, pd.DataFrame):
        return {"table": _parquet(value, folder)}
    if isinstance(value, np.ndarray):
        flat = pd.DataFrame({"value": value.ravel()})
        return {"array": _parquet(flat, folder), "shape": value.shape, "dtype": str(value.dtype)}
    if dataclasses.is_dataclass(value):
        fields = {key: _encoded(own, folder) for key, own in _fields(value).items()}
        return {"class": [type(value).__module__, type(value).__name__], "fields": fields}
    if isinstance(value, tuple | list):
        items = [_encoded(item, folder) for item in value]
        return {"tuple" if isinstance(value, tuple) else "list": items}
    if isinstance(value, dict):
        return {"dict": [[_encoded(k, folder), _encoded(v, folder)] for k, v in value.items()]}
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"cannot store {type(value).__name__}")


def _parquet(frame: pd.DataFrame, folder: Path) -> str:
    name = f"{len(list(folder.iterdir()))}.parquet"
    frame.to_parquet(folder / name)
    return name


def _decoded(shape: object, folder: Path) -> object:
    if not isinstance(shape, dict):
        return shape
    if "table" in shape:
        return pd.read_parquet(folder / shape["table"])
    if "array" in shape:
        values = pd.read_parquet(folder / shape["array"])["value"].to_numpy(dtype=shape["dtype"])
        return values.reshape(shape["shape"])
    if "class" in shape:
        module, name = shape["class"]
        if not module.startswith("policytext."):
            raise ValueError("no class of this package")
        fields = {key: _decoded(value, folder) for key, value in shape["fields"].items()}
        return getattr(importlib.import_module(module), name)(**fields)
    if "dict" in shape:
        return {_decoded(key, folder): _decoded(value, folder) for key, value in shape["dict"]}
    items = [_decoded(item, folder) for item in shape.get("tuple", shape.get("list"))]
    return tuple(items) if "tuple" in shape else items
