"""Suite of ``imaging_studies``."""

from expectations.every_feed import suite
from expectations.rules import identifier, matches, mostly_filled, required
from expectations.time_rules import happened

SUITE = suite(
    "imaging_studies",
    required(
        "started_at", "Imaging is compared with what came before: it needs a time."
    ),
    identifier("study_id"),
    identifier("series_uid"),
    identifier("instance_uid"),
    identifier("encounter_id"),
    matches(
        "modality_code",
        "^[A-Z][A-Z0-9]{1,15}$",
        "DICOM modalities are short capitals, such as CT; others group under none.",
    ),
    matches(
        "instance_uid",
        "^[0-9]+([.][0-9]+)+$",
        "DICOM identifiers are numbers and points: the archive cannot find others.",
    ),
    happened("started_at"),
    mostly_filled("modality_code", 0.95, "X-ray and MRI are told apart by it alone."),
)
