"""What was read of a patient's medicines, put together: courses, doses, dispenses."""

from collections.abc import Mapping

import pandas as pd

MEDICINES = ("medicine", "unknown")
Frames = Mapping[str, pd.DataFrame]


def taken_with_orders(frames: Frames) -> pd.DataFrame:
    """Return what was taken, with the order and the dose of each.

    A dispense has the dose of the order that it is of, and no change of it.
    """
    of_exposure = ["exposure_kind_code", "exposure_key", "ingredient_name"]
    exposures = frames["exposures"][[*of_exposure, "is_counted", "supply_days"]]
    doses = frames["ingredients"].dropna(subset="ingredient_name")
    changes = frames["dose_changes"].assign(exposure_kind_code="order")
    of_patient = ["patient_key"]
    of_order = ["prescription_key", "ingredient_name"]
    return (
        frames["taken"]
        .merge(exposures, on=of_exposure)
        .merge(
            frames["orders"].drop(columns=of_patient), on="prescription_key", how="left"
        )
        .merge(doses.drop(columns=of_patient), on=of_order, how="left")
        .merge(
            changes.drop(columns=of_patient),
            on=[*of_order, "exposure_kind_code"],
            how="left",
        )
    )


def without_course(frames: Frames) -> pd.DataFrame:
    """Return orders of which the marts reckon no course.

    Their ingredient is not known, they have no date, or they are no medicine.
    """
    orders = frames["orders"]
    given = orders[~orders["is_never_given"].astype(bool)]
    ingredients = frames["ingredients"].drop(columns="patient_key")
    both = given.merge(ingredients, on="prescription_key")
    is_without = (
        both["started_at"].isna()
        | both["ingredient_name"].isna()
        | both["drug_kind_code"].ne("medicine")
    )
    return both[is_without]


def doses_with_ingredients(frames: Frames) -> pd.DataFrame:
    """Return doses with the ingredients of their order, else of their own name."""
    ingredients = frames["ingredients"][["prescription_key", "ingredient_name"]]
    by_order = frames["administrations"].merge(
        ingredients.dropna(), on="prescription_key", how="left"
    )
    is_known = by_order["ingredient_name"].notna()
    unknown = by_order[~is_known].drop(columns="ingredient_name")
    named = unknown.merge(frames["drugs"], on="drug_key", how="left")
    both = pd.concat([by_order[is_known], named], ignore_index=True)
    return both.sort_values("administered_at", kind="stable", ignore_index=True)


def dispenses_without_days(frames: Frames) -> pd.DataFrame:
    """Return dispenses outside of stays that do not tell how long they last."""
    exposures = frames["exposures"]
    is_without = (
        exposures["exposure_kind_code"].eq("dispense")
        & ~exposures["is_inpatient_order"].astype(bool)
        & exposures["supply_days"].isna()
    )
    without = exposures.loc[is_without, ["ingredient_name", "starts_on"]]
    return without.assign(calendar_year=[day.year for day in without["starts_on"]])
