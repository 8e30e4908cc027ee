"""The lab: questions put to a study in JupyterLab, and what only people can decide."""

import os
from pathlib import Path

from policytext import lazy

__getattr__, __dir__ = lazy(
    "policytext.lab",
    {"answers": "ask topics_of", "explorer": "explore", "desks": "labels_desk lexicon_desk"},
)


def load_ipython_extension(shell) -> None:
    """Count cells on the page when the first one runs; in a report nobody waits for them."""
    from IPython.display import Javascript, display

    def begin(_) -> None:
        shell.events.unregister("pre_run_cell", begin)
        if "POLICYTEXT_OUTPUT" not in os.environ:
            script = Path(__file__).parents[1] / "assets" / "lab" / "progress.js"
            display(Javascript(filename=script))

    shell.events.register("pre_run_cell", begin)
