"""Terminology: a source's own code lists."""

from pipelines.feeds.contract import Feed, text

LOCAL_CODES = Feed(
    name="local_codes",
    meaning="One code of a source's own list, with its name and standard codes.",
    columns=(
        text(
            "code_list",
            "Name of the list, as code_system in the other feeds.",
            is_required=True,
            example="lis",
        ),
        text("local_code", "The code.", is_required=True, example="50971"),
        text("code_name", "Its name.", example="Potassium"),
        text("loinc_code", "LOINC code of the same thing.", example="2823-3"),
        text("rxnorm_code", "RxNorm code of the same thing."),
        text("unit", "Unit, where the list fixes it.", example="mmol/L"),
        text("specimen_name", "Material, where the list fixes it.", example="Blood"),
        text("category_name", "Group within the list.", example="Chemistry"),
    ),
    natural_key=("code_list", "local_code"),
    event_at=None,
    has_patient=False,
)

FEEDS = (LOCAL_CODES,)
