"""The LOINC check digit, by the published example and by real codes."""

import pytest

from expectations.loinc import check_digit, has_valid_check_digit


def test_the_check_digit_of_the_published_example_is_five() -> None:
    # LOINC Users' Guide, appendix on check digits: 12345 has the check digit 5.
    # 5, 3, 1 as 531 doubled is 1062; after it 42: 1+0+6+2+4+2 = 15, up to 20 lack 5.
    assert check_digit("12345") == 5


@pytest.mark.parametrize("code", ["2823-3", "718-7", "4548-4", "8867-4", "55284-4"])
def test_codes_of_common_tests_are_valid(code: str) -> None:
    assert has_valid_check_digit(code)


@pytest.mark.parametrize(
    "code",
    ["2823-4", "2832-3", "28233", "-3", "2823-", "2823-33", "A823-3", " 2823-3", ""],
)
def test_a_wrong_digit_swapped_digits_and_other_shapes_are_not(code: str) -> None:
    assert not has_valid_check_digit(code)
