"""A cluster changes no token, no family and no count, also when a worker is killed in mid-run."""

import os
import signal
import threading
import time

import pandas as pd
import pytest

from policytext import scale
from policytext.faults import PolicyTextError
from policytext.texts.clean import find_families
from policytext.words.counts import term_matrix
from policytext.words.lexicon import read_lexicon
from policytext.words.tokens import tokenize


def _documents():
    said = [
        f"창조경제혁신센터는 {n}개 창업 기업을 돕는다고 {n % 12 + 1}월에 밝혔다."
        for n in range(400)
    ]
    texts = [" ".join(said[n : n + 5 + n % 7]) for n in range(300)] + ["", "!", said[0], said[0]]
    return pd.DataFrame({"doc_id": [f"d{n:03}" for n in range(len(texts))], "text": texts})


def _read():
    documents = _documents()
    tokens = tokenize(documents, lexicon=read_lexicon())
    return tokens, term_matrix(tokens, min_df=2), find_families(documents)


@pytest.mark.slow
def test_a_cluster_gives_the_same_tokens_matrix_and_families_with_a_worker_killed(monkeypatch):
    distributed = pytest.importorskip("distributed")
    here = _read()
    monkeypatch.setattr(scale, "BATCH_CHARACTERS", 1_000)
    options = {"threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(n_workers=2, **options) as cluster:
        monkeypatch.setenv(scale.SCHEDULER, cluster.scheduler_address)
        process = cluster.workers[0].process.process

        def kill_when_busy():
            while not any(state.processing for state in cluster.scheduler.workers.values()):
                time.sleep(0.005)
            os.kill(process.pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_when_busy, daemon=True)
        killer.start()
        there = _read()
        killer.join(10)
        assert not process.is_alive()
    pd.testing.assert_frame_equal(here[0], there[0])
    assert here[1].terms == there[1].terms and (here[1].counts != there[1].counts).nnz == 0
    pd.testing.assert_frame_equal(here[2], there[2])


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setenv(scale.SCHEDULER, "tcp:/nothing")
    with pytest.raises(PolicyTextError, match="tcp:/nothing"):
        list(scale.spread(len, ["글"], label="", workers=2))
