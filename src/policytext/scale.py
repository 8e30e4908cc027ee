"""Work in parts, over the cores of this computer, or over a Dask cluster where one is named.

``POLICYTEXT_SCHEDULER=tcp://…`` (or ``report --scheduler``) names the scheduler; the code that runs
is the same, and so are the results. A worker that is lost costs the parts it held: others take
them over.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise

from joblib import Parallel, delayed, effective_n_jobs, parallel_config
from tqdm.auto import tqdm

from policytext.faults import PolicyTextError

SCHEDULER = "POLICYTEXT_SCHEDULER"
BATCH_CHARACTERS = 1_000_000


def spread(
    function: Callable,
    texts: Sequence[str],
    *arguments: object,
    label: str,
    workers: int | None = None,
) -> Iterator:
    """Yield ``function(batch, *arguments)`` of batches of about a million characters, in order.

    `workers`: processes; by default one for fewer than four batches, else one a core. `label` stands
    beside the bar of progress.

    >>> [len(joined) for joined in spread("".join, ["창업", "기업"], label="잇기")]
    [4]
    """
    total = sum(map(len, texts))
    n_jobs = workers or (1 if total < 4 * BATCH_CHARACTERS else -1)
    n_processes = effective_n_jobs(n_jobs)  # each takes as many batches
    n_batches = max(math.ceil(total / BATCH_CHARACTERS / n_processes), 1) * n_processes
    cuts, size = [0][: len(texts)], 0
    for place, text in enumerate(texts):
        if size > len(cuts) * total / n_batches:
            cuts.append(place)
        size += len(text)
    batches = (list(texts[slice(*cut)]) for cut in pairwise([*cuts, len(texts)]))
    results = mapped(function, batches, *arguments, workers=n_jobs, local="loky")
    quiet = "TQDM_DISABLE" in os.environ
    yield from tqdm(results, label, len(cuts), leave=False, delay=2, unit="묶음", disable=quiet)


def mapped(
    function: Callable,
    parts: Iterable,
    *shared: object,
    workers: int = -1,
    local: str | None = "threading",
) -> Iterator:
    """Yield ``function(part, *shared)`` of each part, in order; of `parts` few are drawn ahead.

    `workers`: 1 stays in this thread, -1 takes the cluster or, without one, every core in the way
    that `local` names to joblib (None: stays, too).

    >>> list(mapped(pow, [2, 3], 2))
    [4, 9]
    """
    cluster, options = None if workers == 1 else client(), {"backend": local}
    if workers == 1 or not (cluster or local):
        yield from (function(part, *shared) for part in parts)
        return
    if cluster:
        # To all workers, so that none is the only one to have it.
        options = {"backend": "dask", "client": cluster, "scatter": list(shared)}
    with cluster or contextlib.nullcontext():
        with parallel_config(**options):
            run = Parallel(workers, return_as="generator")
        yield from run(delayed(_called)([part], function, *shared) for part in parts)


def _called(parts: list, function: Callable, *shared: object) -> object:
    # In a list, because Dask keeps arrays and tables in one worker, with which they would be lost.
    return function(*parts, *shared)


def client():
    """The cluster that the environment names, if it names one and this is none of its workers."""
    address = os.environ.get(SCHEDULER, "")
    if not address:
        return None
    try:
        from distributed import Client, get_worker
        from distributed.comm import get_address_host_port

        with contextlib.suppress(ValueError):
            return get_worker() and None
        get_address_host_port(address)  # or a client half made would tell its own end, too
        found = Client(address, timeout="10s", set_as_default=False)
        found.wait_for_workers(1, timeout=10)
        # Under names of its own: named by content, it would go when an earlier call lets go of it.
        found.scatter = partial(found.scatter, hash=False)
        # The memory manager leaves what all workers have on one of them: it would die with that one.
        found.amm.stop()
        return found
    except (ImportError, OSError, ValueError) as error:
        raise PolicyTextError(
            f"{SCHEDULER}에 적힌 클러스터 '{address}'에 닿아야 하는데 닿지 못했습니다({error}). 주소를 "
            "고치고 'pip install policytext[scale]'을 실행하거나, 그 값을 지우고 이 컴퓨터에서 돌리세요."
        ) from error
