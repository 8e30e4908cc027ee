"""Blocks that notebook cells show: finding, figure, table, evidence, note, methods.

Every function returns a `Block`; as the last value of a cell it shows itself in JupyterLab and
in the exported report alike. Several blocks of one cell are added: `a + b`. The parts live in
`blocks`, `tables` and `figures`; a notebook needs only this module.

>>> begin()
>>> (finding("A < B") + note("C")).text
'A < B\\nC'
"""

from policytext.rendering.blocks import MIME, OUTPUT_VARIABLE, Block, begin, finding, note
from policytext.rendering.figures import figure
from policytext.rendering.headers import small_p
from policytext.rendering.quotations import evidence
from policytext.rendering.tables import ROW_LIMIT, keep, methods, table

__all__ = [
    "MIME",
    "OUTPUT_VARIABLE",
    "ROW_LIMIT",
    "Block",
    "begin",
    "evidence",
    "figure",
    "finding",
    "keep",
    "methods",
    "note",
    "small_p",
    "table",
]
