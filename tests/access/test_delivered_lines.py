"""Whose words the lines behind a check may show."""

import pytest

from pipelines.access.delivered_lines import feed_of


@pytest.mark.parametrize(
    ("relation", "feed"),
    [
        ("stg_vital_signs", "vital_signs"),
        ("fct_vital_signs", "vital_signs"),
        ("dim_organizations", "organizations"),
        # What is made of several feeds has the words of none.
        ("fct_medication_history", ""),
        ("agg_lab_unit_mixes", ""),
    ],
)
def test_a_relation_has_the_words_of_its_feed(relation: str, feed: str) -> None:
    assert feed_of(relation) == feed
