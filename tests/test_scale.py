"""A cluster changes nothing, also when a worker is killed in the middle of each stage."""

import contextlib
import os
import shutil
import signal
import threading

import pandas as pd
import pytest

from policytext import scale, store
from policytext import study as study_module
from policytext.compare import contrasts, permutations, robustness
from policytext.faults import PolicyTextError
from policytext.study import TopicOptions, read_study
from policytext.texts.clean import find_families
from policytext.topics import clusters
from policytext.topics.trust import fit_topics
from policytext.words.counts import term_matrix
from policytext.words.lexicon import read_lexicon
from policytext.words.tokens import tokenize


def _documents():
    fields = "투자 수출 고용 기술 교육 금융 농업 관광 문화 안전".split()
    said = [
        f"창조경제혁신센터는 {fields[n // 7 % 10]} 기업 {n}곳을 돕는다고 {n % 12 + 1}월에 밝혔다."
        for n in range(400)
    ]
    texts = [" ".join(said[n : n + 5 + n % 7]) for n in range(300)] + ["", "!", said[0], said[0]]
    return pd.DataFrame({"doc_id": [f"d{n:03}" for n in range(len(texts))], "text": texts})


@contextlib.contextmanager
def _one_killed(cluster):
    """A worker that has something to do is killed."""
    done = threading.Event()

    def kill():
        while not done.wait(0.002):
            for worker in cluster.workers.values():
                state = cluster.scheduler.workers.get(worker.worker_address)
                if state and state.processing:
                    os.kill(worker.process.process.pid, signal.SIGKILL)
                    killed.append(worker.worker_address)
                    return

    killed, killer = [], threading.Thread(target=kill, daemon=True)
    killer.start()
    yield
    done.set()
    killer.join(10)
    assert killed, "nothing ran on the cluster"


@pytest.mark.slow
def test_a_cluster_gives_the_same_of_everything_with_workers_killed(monkeypatch, tmp_path):
    dask, distributed = map(pytest.importorskip, ("dask", "distributed"))
    documents = _documents()
    tokens = tokenize(documents, lexicon=read_lexicon())
    matrix = term_matrix(tokens)
    groups = pd.Series(range(len(matrix.doc_ids))).mod(3).map(str).tolist()
    told = documents.set_index("doc_id").loc[matrix.doc_ids].reset_index()
    told = told.assign(administration=groups, family_id=told["doc_id"])
    study = read_study("innovation-centers")
    options = robustness.run_options(study, 3) | {"min_families": 5, "n_permutations": 300}
    base = robustness.measure(told, tokens, options)
    claims = base.measured.head(20)[robustness._KEY].assign(claim=range(20))
    headlines = robustness.Headlines(claims, base, options)
    grid = robustness.specifications(
        {**robustness.choices(study, 3), "analyser": ["mecab"], "n_topics": [3, 4]}, 0
    )
    # What is kept here is not what workers find.
    monkeypatch.setattr(store, "FOLDER", tmp_path / "here")
    monkeypatch.setenv(study_module.ROOT_VARIABLE, str(tmp_path))
    shutil.copytree(study_module.ROOT / "data" / "reference", tmp_path / "data" / "reference")
    monkeypatch.setattr(clusters, "AT_ONCE", 50)
    contexts = clusters.top_contexts(matrix.counts)
    stages = {
        "tokens": lambda: tokenize(documents, lexicon=read_lexicon()),
        "families": lambda: find_families(documents),
        "keyness": lambda: contrasts.keyness_table.__wrapped__(matrix, groups),
        "topics": lambda: fit_topics.__wrapped__(
            matrix, TopicOptions(candidates=[3, 5], n_boot=20)
        )[2],
        "co-occurrence": lambda: pd.DataFrame(clusters.cooccurrence(matrix.counts, contexts)),
        "conditions": lambda: robustness.specification_curve(
            told, read_lexicon(), frozenset(), headlines, grid
        ),
    }
    here = {name: stage() for name, stage in stages.items()}
    monkeypatch.setattr(scale, "BATCH_CHARACTERS", 1_000)
    monkeypatch.setattr(permutations, "LONG", 0)
    one = {"threads_per_worker": 1, "dashboard_address": None}
    # Else it takes two seconds until what all workers have is left on one of them.
    often = {"distributed.scheduler.active-memory-manager.interval": "5ms"}
    for name, stage in stages.items():
        with dask.config.set(often), distributed.LocalCluster(n_workers=2, **one) as cluster:
            monkeypatch.setenv(scale.SCHEDULER, cluster.scheduler_address)
            with _one_killed(cluster):
                there = stage()
            pd.testing.assert_frame_equal(here[name], there, check_exact=True, obj=name)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setenv(scale.SCHEDULER, "tcp:/nothing")
    with pytest.raises(PolicyTextError, match="tcp:/nothing"):
        list(scale.spread(len, ["글"], label="", workers=2))
