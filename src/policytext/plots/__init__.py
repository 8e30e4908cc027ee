"""Tidy table in, matplotlib Axes out: every figure of the reports.

A function draws one table and returns the Axes it drew on; size, titles and saving belong to
the caller (`policytext.display.figure`). Colours of administrations come from the caller
(`colours`) or from the table's `colour` column, otherwise from a colour-blind-safe palette.
"""

from policytext.plots.breakdowns import plot_decomposition, plot_hierarchy
from policytext.plots.charts import plot_analysers, plot_coverage, plot_steps, plot_topic_curve
from policytext.plots.claims import plot_agreement, plot_placebo, plot_specification_curve
from policytext.plots.heatmaps import plot_divergence, plot_topic_shares
from policytext.plots.keyness import plot_keyness
from policytext.plots.networks import plot_network, plot_topic_map
from policytext.plots.theme import use_theme
from policytext.plots.tiles import plot_tile_map
from policytext.plots.timelines import plot_office_windows, plot_timeline

__all__ = [
    "plot_agreement",
    "plot_analysers",
    "plot_coverage",
    "plot_decomposition",
    "plot_divergence",
    "plot_hierarchy",
    "plot_keyness",
    "plot_network",
    "plot_office_windows",
    "plot_placebo",
    "plot_specification_curve",
    "plot_steps",
    "plot_tile_map",
    "plot_timeline",
    "plot_topic_curve",
    "plot_topic_map",
    "plot_topic_shares",
    "use_theme",
]
