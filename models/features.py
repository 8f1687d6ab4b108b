"""What the readmission model looks at: each feature with its words, unit and shape.

The values are made in dbt (``ml.readmission_features``), as known at discharge. The
shapes here are fixed beforehand from published scores and learn nothing from data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

Shape = Callable[[pd.Series], pd.Series]

NOT_KNOWN = "not known"
LARGE_COUNT = 10


@dataclass(frozen=True)
class Feature:
    """One feature; ``terms`` are the columns that the model sees of it."""

    name: str
    words: str
    unit: str = ""
    digits: int = 0
    scale: float = 1
    terms: Mapping[str, Shape] = field(default_factory=dict)
    values: Mapping[float, str] = field(default_factory=dict)

    def told(self, value: float) -> str:
        """Return a value in words, with its unit."""
        if pd.isna(value):
            return NOT_KNOWN
        if self.values:
            return self.values[float(value)]
        number = f"{value * self.scale:.{self.digits}f}"
        unit = self.unit.removesuffix("s") if number == "1" else self.unit
        return f"{number} {unit}".strip()


def at_most(limit: float) -> Shape:
    """Return the shape that says no more beyond a limit."""
    return lambda values: values.clip(upper=limit)


def below(limit: float) -> Shape:
    """Return the shape that counts how far a value lies below a limit."""
    return lambda values: (limit - values).clip(lower=0)


def is_below(limit: float) -> Shape:
    """Return the shape that asks whether a value lies below a limit."""
    return lambda values: (values < limit).astype(float).where(values.notna())


def is_from(limit: float) -> Shape:
    """Return the shape that asks whether a value has reached a limit."""
    return lambda values: (values >= limit).astype(float).where(values.notna())


def unchanged(values: pd.Series) -> pd.Series:
    """Return values as they are."""
    return values


def logarithm(values: pd.Series) -> pd.Series:
    """Return logarithms, for what grows by factors; 0 and less is not a measurement."""
    return np.log(values.where(values > 0))


def logarithm_of_count(values: pd.Series) -> pd.Series:
    """Return logarithms of counts from 0 up."""
    return np.log1p(values)


# Limits: HOSPITAL score (Donze, JAMA Intern Med 2013;173:632): haemoglobin below
# 12 g/dL, sodium below 135 mmol/L, a stay of 5 days, earlier admissions; LACE (van
# Walraven, CMAJ 2010;182:551): kind of admission, comorbidity, emergency visits. The
# number of abnormal results is no feature: it tells how often blood was taken.
FEATURES: tuple[Feature, ...] = (
    Feature("age_years", "Age", "years", terms={"age": unchanged}),
    Feature(
        "is_female",
        "Sex",
        terms={"female": unchanged},
        values={1.0: "female", 0.0: "male"},
    ),
    Feature(
        "length_of_stay_days",
        "Length of this stay",
        "days",
        terms={"days": at_most(14), "long_stay": is_from(5)},
    ),
    Feature(
        "is_planned",
        "Kind of admission",
        terms={"planned": unchanged},
        values={1.0: "arranged beforehand", 0.0: "not arranged beforehand"},
    ),
    Feature(
        "earlier_stays_count",
        "Hospital stays in the year before",
        terms={"earlier_stays": at_most(5)},
    ),
    Feature(
        "emergency_visits_count",
        "Emergency department visits in the half year before",
        terms={"emergency_visits": at_most(4)},
    ),
    Feature(
        "haemoglobin",
        "Last hemoglobin of the stay",
        "g/dL",
        1,
        terms={"anaemia": below(12)},
    ),
    Feature(
        "sodium",
        "Last sodium of the stay",
        "mmol/L",
        terms={"low_sodium": is_below(135)},
    ),
    Feature(
        "creatinine",
        "Last creatinine of the stay",
        "mg/dL",
        2,
        terms={"creatinine": logarithm},
    ),
    Feature(
        "critical_results_count",
        "Critical laboratory results in the stay",
        terms={"critical_results": logarithm_of_count},
    ),
    Feature(
        "charlson_score",
        "Burden of known diseases (Charlson index)",
        "points",
        terms={"burden": at_most(LARGE_COUNT)},
    ),
    Feature(
        "medicines_count",
        "Medicines at discharge",
        terms={"medicines": at_most(2 * LARGE_COUNT)},
    ),
    Feature(
        "adherence_share",
        "Days covered by dispensed medicines in the year before",
        "%",
        scale=100,
        terms={"adherence": unchanged},
    ),
)
NAMES = tuple(feature.name for feature in FEATURES)


def shaped(
    wide: pd.DataFrame, features: tuple[Feature, ...] = FEATURES
) -> pd.DataFrame:
    """Return the columns that the model sees; what is unknown stays unknown."""
    return pd.DataFrame(
        {
            term: shape(wide[feature.name].astype(float))
            for feature in features
            for term, shape in feature.terms.items()
        },
        index=wide.index,
    )


def widened(features: pd.DataFrame, stays: pd.Index) -> pd.DataFrame:
    """Return one row per stay and a column per feature; what has no row is unknown."""
    wide = features.pivot_table(
        index="stay_key", columns="feature_name", values="feature_value", sort=True
    )
    return wide.reindex(index=stays, columns=list(NAMES)).astype(float)
