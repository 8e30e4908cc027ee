"""Settings of all tests.

A property has no deadline, because a busy machine is no fault; twenty-five examples a run keep
the fast part under a minute, and every run draws others.
"""

import warnings

import matplotlib

matplotlib.use("Agg")

import pytest
from hypothesis import settings

settings.register_profile("policytext", deadline=None, max_examples=25)
settings.load_profile("policytext")


def pytest_addoption(parser):
    """``run.py report --check``: look at the pages of a report that was built before."""
    parser.addoption("--report", metavar="FOLDER", help="folder of a built report to check")


@pytest.fixture
def theme():
    """The theme of the figures; a warning while drawing is an error."""
    import matplotlib.pyplot as plt

    from policytext import plots

    plots.use_theme()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    plt.close("all")
