"""How alerts about medicines read to quality staff."""

from typing import Any

RARE = "rare (below 11 patients each)"
KINDS = {
    "interaction": "Interaction",
    "qt": "QT interval",
    "duplication": "Same class",
    "allergy": "Allergy",
    "cross_reaction": "Cross-allergy",
    "opioid_dose": "Opioid dose",
    "elderly": "Elderly",
    "polypharmacy": "Polypharmacy",
}
# These speak of no ingredient, so that none can be rare.
WITHOUT_INGREDIENTS = {
    "opioid_dose": "all opioids together",
    "polypharmacy": "all medicines together",
}
# The gravest first.
SEVERITIES = {
    "contraindicated": "Contraindicated",
    "major": "Major",
    "moderate": "Moderate",
    "minor": "Minor",
}
ACTIONS = {"add": "added", "silence": "silenced", "grade": "re-graded"}
NO_GRADE = "none"


def severity_text(code: str | None) -> str:
    """Return a grade in words."""
    return SEVERITIES[code] if code else NO_GRADE


def rule_text(rule: Any) -> str:
    """Return the ingredients that a rule of the mart speaks of."""
    if rule.alert_kind_code in WITHOUT_INGREDIENTS:
        return WITHOUT_INGREDIENTS[rule.alert_kind_code]
    names = (rule.first_ingredient_name, rule.second_ingredient_name)
    return " with ".join(name for name in names if name) or RARE


def alert_text(alert_code: str | None) -> str:
    """Return what an alert that was shown is about."""
    if not alert_code:
        return RARE
    return alert_code.partition(":")[2].replace("+", " with ")
