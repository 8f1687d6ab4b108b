"""Who is asked when a check of a domain fails: who can mend what is behind it."""

OWNER_OF_LOADS = "data engineer"
LABORATORY = "laboratory technician"
PHARMACY = "prescribing doctor"
DOCUMENTATION = "treating doctor"
REGISTRATION = "registrar"
BILLING = "billing staff"
QUALITY = "quality staff"
RESEARCH = "researcher"
# By the domain of a feed, or the folder of a mart.
OWNER_OF = {
    "terminology": QUALITY,
    "people": REGISTRATION,
    "visits": REGISTRATION,
    "history": DOCUMENTATION,
    "documentation": DOCUMENTATION,
    "observations": "nurse",
    "laboratory": LABORATORY,
    "imaging": LABORATORY,
    "measures": QUALITY,
    "medicines": PHARMACY,
    "billing": BILLING,
    "access": "compliance officer",
    "own_record": REGISTRATION,
    "timeline": QUALITY,
    "quality": QUALITY,
    "model_input": QUALITY,
    "research": RESEARCH,
}
