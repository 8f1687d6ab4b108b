"""How far a proposal gets with a published table that nobody here made.

Diabetes 130-US hospitals: one line per admission, no date at all, ``?`` for missing.
"""

from pathlib import Path

import pytest

from pipelines.sources.mapping.preview import preview
from pipelines.sources.mapping.proposal import propose_mapping
from pipelines.sources.mapping.reading import parse_mapping

pytestmark = pytest.mark.shared_data


def test_patients_and_diagnoses_load_and_admissions_lack_their_date(
    shared_data: Path,
) -> None:
    path = shared_data / "uci_diabetes_130" / "diabetic_data.csv.gz"

    text = propose_mapping(path)
    (file,) = preview(parse_mapping(text, "proposal"), path).files

    assert "encounters cannot be made" in text
    assert "started_at is required: no column of the file holds it" in text
    assert 'missing: ["?"]' in text
    assert file.records == 101_766
    # diag_1, diag_2 and diag_3 are missing in 21, 358 and 1,423 of the lines.
    diagnoses = 3 * 101_766 - 21 - 358 - 1423
    assert file.made == {"patients": 101_766, "conditions": diagnoses}
    assert file.after["conditions"]["code_system"][0] == "ICD-9-CM"
    assert file.most_unmapped() == [("sex_code", "Unknown/Invalid", 3)]
    assert not file.excluded
    assert not file.refused
