"""Titles of ICD codes: what people read where a source delivers a code alone."""

import logging

import pytest

from pipelines.terminology.titles import (
    CodeTitle,
    icd_9_cm_titles,
    icd_10_cm_titles,
)


@pytest.fixture(scope="module")
def icd_9() -> dict[str, CodeTitle]:
    return {title.code: title for title in icd_9_cm_titles()}


@pytest.fixture(scope="module")
def icd_10() -> dict[str, CodeTitle]:
    return {title.code: title for title in icd_10_cm_titles()}


def test_a_code_without_dots_finds_its_title(icd_9, icd_10):
    assert icd_9["5723"].title == "Portal hypertension"
    assert icd_10["E119"].title == "Type 2 diabetes mellitus without complications"


def test_a_three_digit_code_that_has_only_a_short_title_has_that_one(icd_9):
    assert icd_9["486"].title == "Pneumonia, organism unspecified"


def test_chapters_and_blocks_are_no_codes(icd_9, icd_10):
    assert not [code for code in (*icd_9, *icd_10) if "-" in code]
    assert "1" not in icd_10


def test_external_causes_and_supplementary_codes_are_there(icd_9):
    assert "E8788" in icd_9
    assert icd_9["V5861"].title == "Long-term (current) use of anticoagulants"


def test_no_code_comes_twice_and_none_is_nameless():
    titles = [*icd_9_cm_titles(), *icd_10_cm_titles()]
    keys = {(title.code_system, title.code) for title in titles}
    assert len(keys) == len(titles)
    assert all(title.title for title in titles)


def test_reading_titles_leaves_the_log_alone():
    before = list(logging.getLogger().handlers)
    next(icd_9_cm_titles())
    assert logging.getLogger().handlers == before
