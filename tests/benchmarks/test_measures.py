"""Goals, and how they are reported."""

import pytest

from benchmarks.measures import Measure, at_least, at_most
from benchmarks.report import as_markdown


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (at_least(0.55), 0.54, "missed"),
        (at_least(0.55), 0.55, "met"),
        (at_least(0.55), 0.56, "met"),
        (at_most(0.20), 0.19, "met"),
        (at_most(0.20), 0.20, "met"),
        (at_most(0.20), 0.21, "missed"),
        (None, 1.0, ""),
    ],
)
def test_a_goal_includes_its_limit(goal, value, verdict):
    assert Measure("landing", "a load", value, "s", goal).verdict == verdict


def test_the_markdown_tells_the_machine_and_every_measure_with_its_goal():
    measures = [
        Measure("landing", "bare COPY", 123456.7, "rows/s", note="3 rounds"),
        Measure("building", "news for 1 %", 0.2512, "of full", at_most(0.20)),
    ]

    lines = as_markdown({"cores": 2}, measures).splitlines()

    assert lines == [
        "| machine |  |",
        "| --- | --- |",
        "| cores | 2 |",
        "",
        "| part | measured | value | unit | goal | verdict | note |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| landing | bare COPY | 123,457 | rows/s |  |  | 3 rounds |",
        "| building | news for 1 % | 0.25 | of full | at most 0.2 | missed |  |",
    ]
