"""The store: found again by content and code, never stale, never executed, healed when damaged."""

import dataclasses
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from policytext import store
from policytext.store import code_of, digest, stored
from policytext.topics.clusters import Topics
from policytext.words.counts import TermMatrix

TABLE = pd.DataFrame(
    {
        "text": ["가", None, "=1"],
        "label": pd.Categorical(["나", "가", "나"]),
        "date": pd.to_datetime(["2017-05-10", None, "2018-01-01"]),
        "n": pd.array([1, None, 3], dtype="Int64"),
    },
    index=pd.Index(["a", "b", "c"], name="doc_id"),
)
TOPICS = Topics(TABLE, TABLE, np.ones((2, 3), dtype=np.float32))
MATRIX = TermMatrix(sparse.csr_matrix([[0, 2], [3, 0]]), ["a", "b"], ["가", "나"])
calls = []


@stored
def everything(table, factor=1):
    """Every kind of value that may be stored."""
    calls.append(factor)
    held = {"topics": TOPICS, 3: [1, 2.5, None, True]}
    return table, held, np.eye(2, dtype=np.float32)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    calls.clear()
    return tmp_path


def test_what_is_found_again_is_what_was_made():
    made, found = everything(TABLE), everything(TABLE, factor=1)
    assert calls == [1]
    pd.testing.assert_frame_equal(found[0], made[0])
    assert found[1][3] == [1, 2.5, None, True] and found[2].dtype == np.float32
    topics = found[1]["topics"]
    assert isinstance(topics, Topics) and (topics.vectors == TOPICS.vectors).all()


def test_another_argument_is_another_entry():
    for arguments in [(TABLE,), (TABLE, 2), (TABLE.assign(n=1),), (TABLE.iloc[::-1],)]:
        everything(*arguments)
    assert calls == [1, 2, 1, 1]


@pytest.mark.parametrize("part", ["entry.json", "0.parquet"])
@pytest.mark.parametrize("damage", [b"", b"\x80\x04garbage", None])
def test_a_damaged_entry_is_made_anew(part, damage, folder):
    everything(TABLE)
    (path,) = folder.rglob(part)
    path.unlink() if damage is None else path.write_bytes(damage)
    pd.testing.assert_frame_equal(everything(TABLE)[0], TABLE)
    everything(TABLE)
    assert calls == [1, 1]


def test_a_class_of_another_package_is_never_made(folder):
    everything(TABLE)
    (path,) = folder.rglob("entry.json")
    content = (
        path.read_text("utf-8").rpartition("\n")[0].replace("policytext.topics.clusters", "os")
    )
    path.write_text(content + "\n" + store.text_sha256(content), encoding="utf-8")
    everything(TABLE)
    assert calls == [1, 1]


@given(st.lists(st.text(), min_size=2, max_size=8))
def test_slices_of_one_table_have_their_own_digests(texts):
    table = pd.DataFrame({"text": texts})
    head, tail = table.iloc[:1], table.iloc[1:]
    assert digest(head) == digest(head.copy())
    if head["text"].tolist() != tail["text"].tolist():
        assert digest(head) != digest(tail)


def test_the_code_of_what_is_called_counts_and_drawing_does_not(monkeypatch):
    from policytext.compare import contrasts

    before = code_of.__wrapped__(contrasts.keyness_table)
    monkeypatch.setattr(contrasts, "ALPHA", 0.01)
    assert code_of.__wrapped__(contrasts.keyness_table) != before
    seen = {}
    store._collect(contrasts.keyness_table, seen)
    assert "policytext.compare.units.family_units" in seen
    assert not any(name.startswith("policytext.report") for name in seen)


@pytest.mark.slow
def test_the_code_of_every_stored_function_is_the_same_in_every_process():
    told = """if True:
        import importlib, pkgutil, policytext
        from policytext.store import code_of
        names = [m.name for m in pkgutil.walk_packages(policytext.__path__, "policytext.")]
        for module in map(importlib.import_module, (n for n in names if "__main__" not in n)):
            for name, value in sorted(vars(module).items()):
                if getattr(value, "__module__", "") == module.__name__ and hasattr(
                    getattr(value, "__wrapped__", None), "__code__"
                ):
                    print(module.__name__, name, code_of(value))
    """
    outputs = [
        subprocess.run([sys.executable, "-c", told], capture_output=True, check=True,
                       env=os.environ | {"PYTHONHASHSEED": seed}).stdout.decode()
        for seed in "12"
    ]  # fmt: skip
    assert "policytext.corpus read_corpus" in outputs[0] and outputs[0] == outputs[1]


def test_only_who_wants_the_same_waits(folder):
    """Each of two makes one thing, which the other wants next; none is made twice."""
    has_begun = {1: threading.Event(), 2: threading.Event()}

    def make(number):
        calls.append(number)
        has_begun[number].set()
        return number if has_begun[3 - number].wait(20) else None

    def both(first):
        order = first, 3 - first
        return [store.kept(store.entry("each", n), partial(make, n)) for n in order]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(both, [1, 2])) == [[1, 2], [2, 1]]
    assert sorted(calls) == [1, 2] and not list(folder.rglob("*.lock"))


def test_a_value_without_content_is_refused():
    with pytest.raises(TypeError, match="no digest"):
        digest(object())
    assert digest(MATRIX) == digest(dataclasses.replace(MATRIX))
    for kind in (pd.Categorical, pd.Index, pd.array, pd.Series):  # as a user may give labels
        assert digest(kind(["가", 2, None])) != digest(kind([2, "가", None]))
