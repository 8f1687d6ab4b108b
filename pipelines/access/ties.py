"""What ties one of the staff to a patient: a name or an address that both have.

Patients' names and addresses are compared as keyed hashes, made when they land; of the
staff the name is known, and of the address only its hash is kept.
"""

from collections.abc import Mapping

from pipelines.access.encryption import normalised

SURNAME, FULL_NAME, ADDRESS = "surname", "full_name", "address"
TITLES = {
    "dr",
    "prof",
    "mr",
    "mrs",
    "ms",
    "miss",
    "sr",
    "nurse",
    "md",
    "rn",
    "np",
    "pa",
}


def terms_of_patient(row: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """Return (kind, normalised term) of a patient's names and address."""
    given, family = _plain(row, "given_name"), _plain(row, "family_name")
    terms = [(SURNAME, name) for name in (family, _plain(row, "maiden_name")) if name]
    if given and family:
        first = normalised((row["given_name"] or "").split()[0])
        terms += [(FULL_NAME, given + family), (FULL_NAME, first + family)]
    address = term_of_address(row.get("address_line"), row.get("postal_code"))
    return sorted({*terms, *([(ADDRESS, address)] if address else [])})


def term_of_address(address_line: str | None, postal_code: str | None) -> str:
    """Return an address as it is compared; empty unless both parts are known."""
    line, code = normalised(address_line or ""), normalised(postal_code or "")
    return line + code if line and code else ""


def terms_of_staff(display_name: str) -> tuple[str, str]:
    """Return surname and full name of one of the staff, as they are compared."""
    words = [
        word
        for word in display_name.replace(",", " ").split()
        if normalised(word) not in TITLES
    ]
    if not words:
        return "", ""
    return normalised(words[-1]), normalised(words[0] + words[-1])


def _plain(row: Mapping[str, str | None], column: str) -> str:
    return normalised(row.get(column) or "")
