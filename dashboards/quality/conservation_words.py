"""How steps, parts and days of conservation read to quality staff."""

# A sign beside each word, as elsewhere: colour is never the only one.
STATES = {
    "broken": "■ Something is lost or added",
    "kept": "● Everything is accounted for",
    "not_applicable": "○ Nothing to count",
}
STEPS = {
    "archived": "Files in the archive",
    "counted": "Records in their bytes",
    "judged": "Records, each with its fate",
    "mapped": "Records that were read",
    "landed": "Rows made of them",
    "decided": "Rows refused",
    "stored": "Versions stored",
    "current": "Versions, each with its place",
    "shown": "Facts in marts",
}
PARTS = {
    "archived": "archived",
    "erased_whole": "destroyed by an erasure",
    "not_opened": "could not be opened",
    "in_bytes": "counted in the bytes",
    "erased": "erased",
    "not_archived": "of files that are not archived",
    "unread_whole": "of files that were refused or held whole",
    "not_countable": "of files whose quotes do not add up",
    "another_night": "of files that are counted another night",
    "mapped": "read",
    "refused_whole": "refused whole",
    "made_rows": "made rows",
}
# What became of the rows of a feed, in the order of the bar: colours of Okabe and Ito.
FATES = {
    "in_mart": ("In its mart", "#0072B2"),
    "used_otherwise": ("Used otherwise: it has no mart", "#56B4E9"),
    "waiting_for_build": ("Waits for the next build", "#E69F00"),
    "superseded": ("Superseded", "#7A8894"),
    "ended": ("Ended, or made in error", "#A5AFB8"),
    "merged": ("Demographics of a merged patient", "#C3CBD2"),
    "unchanged": ("Known before, unchanged", "#DFE4E8"),
    "waiting": ("Refused: waits", "#F0E442"),
    "discarded": ("Refused: discarded", "#CC79A7"),
    "missing": ("▲ Missing", "#D55E00"),
}
DAY_STATES = {
    "different": ("■", "Differs", "#D55E00"),
    "equal": ("●", "As written", "#0072B2"),
    "refused": ("◇", "Some refused: they wait", "#E69F00"),
    "not_applicable": ("○", "Being processed", "#7A8894"),
}


def part_text(code: str) -> str:
    """Return a part in words; reasons of an adapter are words already."""
    return PARTS.get(code, code)
