"""MIMIC-IV (hosp and icu), as published by PhysioNet: a historical source.

Times carry no zone and are shifted into a future that no calendar rule applies to; they
pass through as delivered. The release and its demo have the same files.
"""

from pipelines.sources.adapter import Adapter, Table
from pipelines.sources.mimic import (
    code_lists,
    coding,
    laboratory,
    measurements,
    medicines,
    people,
    stays,
)

NOT_YET_TAKEN = (
    Table("demo_subject_id", ("subject_id",)),
    Table("drgcodes", ("subject_id", "hadm_id", "drg_type", "drg_code")),
    Table("hcpcsevents", ("subject_id", "hadm_id", "hcpcs_cd")),
    Table("d_hcpcs", ("code",)),
    Table("provider", ("provider_id",)),
    Table("poe", ("poe_id", "subject_id")),
    Table("poe_detail", ("poe_id", "field_name")),
    Table("emar", ("subject_id", "emar_id")),
    Table("emar_detail", ("subject_id", "emar_id")),
    Table("icustays", ("subject_id", "hadm_id", "stay_id")),
    Table("caregiver", ("caregiver_id",)),
    Table("d_items", ("itemid", "label")),
    Table("chartevents", ("subject_id", "stay_id", "itemid")),
    Table("datetimeevents", ("subject_id", "stay_id", "itemid")),
    Table("ingredientevents", ("subject_id", "stay_id", "itemid")),
    Table("inputevents", ("subject_id", "stay_id", "itemid")),
    Table("outputevents", ("subject_id", "stay_id", "itemid")),
    Table("procedureevents", ("subject_id", "stay_id", "itemid")),
)

TAKEN = (
    *code_lists.TABLES,
    *people.TABLES,
    *stays.TABLES,
    *coding.TABLES,
    *laboratory.TABLES,
    *measurements.TABLES,
    *medicines.TABLES,
)

ADAPTER = Adapter(
    name="mimic",
    revision=1,
    is_historical=True,
    tables=(*TAKEN, *NOT_YET_TAKEN),
    expected_tables=tuple(
        table.name for table in TAKEN if not table.name.startswith("d_icd_")
    ),
)
