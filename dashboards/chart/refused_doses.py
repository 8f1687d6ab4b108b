"""Why a daily dose is not computed, in words."""

REFUSALS = {
    "not_a_medicine": "A diluent, a container or a supply.",
    "dose_not_stated": "No dose was delivered.",
    "dose_is_range": "The dose is a range, such as 1-2.",
    "dose_not_a_number": "The dose is in words.",
    "dose_is_zero": "The dose is 0, as of a sliding scale.",
    "unit_missing": "The dose came without a unit.",
    "unit_unknown": "The unit of the dose is not known.",
    "unit_not_comparable": "The unit tells no amount, as an application.",
    "combination_product": "One amount for several ingredients.",
    "no_frequency": "Nothing tells how often.",
    "text_not_understood": "Words of the text are not known.",
    "frequency_ambiguous": "The text tells two frequencies.",
    "frequency_conflict": "The text and the number beside it differ.",
    "frequency_is_range": "The frequency is a range, such as every 4 to 6 hours.",
    "period_is_no_number_of_days": "A month is no number of days.",
    "single_dose": "Given once.",
    "as_directed": "As directed, without a frequency.",
    "continuous_or_titrated": "An infusion, or titrated to effect.",
    "by_protocol": "By a protocol, on call or after dialysis.",
    "prn_without_maximum": "As needed, without a maximum.",
}
