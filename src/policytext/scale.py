"""Texts spread over the processes of this computer, or over a Dask cluster where one is named.

``POLICYTEXT_SCHEDULER=tcp://…`` (or ``report --scheduler``) names the scheduler; the code that runs
is the same, and so are the results. A worker that is lost costs the batches it held: others take
them over.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence

from joblib import Parallel, delayed, parallel_config
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
    batches, size = [], BATCH_CHARACTERS
    for text in texts:
        if size >= BATCH_CHARACTERS:
            batches.append([])
            size = 0
        batches[-1].append(text)
        size += len(text)
    n_jobs = workers or (1 if len(batches) < 4 else -1)
    with cluster() if n_jobs != 1 else contextlib.nullcontext():
        results = Parallel(n_jobs=n_jobs, return_as="generator")(
            delayed(function)(batch, *arguments) for batch in batches
        )
        quiet = "TQDM_DISABLE" in os.environ
        yield from tqdm(
            results, label, len(batches), leave=False, delay=2, unit="묶음", disable=quiet
        )


@contextlib.contextmanager
def cluster() -> Iterator[None]:
    """What joblib runs within it runs on the cluster that the environment names, if it names one."""
    address = os.environ.get(SCHEDULER, "")
    if not address:
        yield
        return
    try:
        from distributed import Client

        client = Client(address, timeout="10s", set_as_default=False)
    except (ImportError, OSError, ValueError) as error:
        raise PolicyTextError(
            f"{SCHEDULER}에 적힌 클러스터 '{address}'에 닿아야 하는데 닿지 못했습니다({error}). 주소를 "
            "고치고 'pip install policytext[scale]'을 실행하거나, 그 값을 지우고 이 컴퓨터에서 돌리세요."
        ) from error
    with client, parallel_config("dask", client=client):
        yield
