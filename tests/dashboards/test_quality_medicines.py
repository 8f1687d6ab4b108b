"""The page of medicines: what is mapped, and which doses are not computed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.chart.refused_doses import REFUSALS
from dashboards.quality.medicine_words import METHODS, PRODUCT_KINDS, RECORD_KINDS
from pipelines.access.people import create_person
from pipelines.building import build_marts
from pipelines.database.connections import connect
from pipelines.database.roles import Role
from pipelines.landing.loading import load
from pipelines.settings import Settings
from tests.conftest import installation_with_marts
from tests.dashboards.test_uploads import page_of, said
from tests.record.laboratory import PASSWORD, PATIENTS, QUALITY

PAGE = "views/quality/medicines.py"
PRESCRIPTIONS = """\
record_id,source_patient_id,drug_code,code_system,drug_name,dose_text,dose_unit,frequency_text,started_at
r1,P1,860975,RxNorm,Metformin,500,mg,BID,2026-01-10T00:00:00Z
r2,P1,,,Lisinopril 10 MG Oral Tablet,10,mg,as directed,2026-01-10T00:00:00Z
r3,P2,,,Brew of Ada Meyer,1,spoon,BID,2026-01-10T00:00:00Z
"""
MARTS = Path(__file__).parents[2] / "dbt_project/models/marts"


@pytest.fixture(scope="module")
def pharmacy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Yield an installation with three prescriptions."""
    folder = tmp_path_factory.mktemp("delivery")
    for settings in installation_with_marts(tmp_path_factory.mktemp("pharmacy")):
        with connect(settings, Role.OWNER) as owner:
            create_person(owner, QUALITY, PASSWORD)
        (folder / "patients.csv").write_text(PATIENTS)
        (folder / "prescriptions.csv").write_text(PRESCRIPTIONS)
        load(settings, folder, format_name="csv", source_system="hospital")
        build_marts(settings)
        yield settings


def test_the_page_says_what_is_mapped_and_which_doses_are_not_computed(
    pharmacy: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(pharmacy, monkeypatch, "quality")
    page.switch_page(PAGE).run()
    mapped = {
        (row["Records"], row["Mapped"]): row["Count"]
        for row in page.dataframe[0].value.to_dict("records")
    }
    unmapped = page.dataframe[1].value.to_dict("records")
    text = said(page)

    assert mapped == {
        ("Prescriptions", METHODS["code"]): 1,
        ("Prescriptions", METHODS["text"]): 1,
        ("Prescriptions", METHODS["unmapped"]): 1,
    }
    assert [(row["Name"], row["Count"]) for row in unmapped] == [
        ("rare (below 11 patients each)", 1)
    ]
    assert "**33.3 % of 3 daily doses are computed**" in text
    assert REFUSALS["as_directed"] in text
    assert REFUSALS["unit_unknown"] in text
    assert "Brew" not in text
    assert "Meyer" not in text


def test_every_code_has_words() -> None:
    ingredients = (MARTS / "medicines/fct_prescription_ingredients.yml").read_text()
    mappings = (MARTS / "quality/agg_drug_mappings.yml").read_text()
    known = ingredients + mappings

    for words in (METHODS, PRODUCT_KINDS, RECORD_KINDS, REFUSALS):
        assert [code for code in words if code not in known] == []
