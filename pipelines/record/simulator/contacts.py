"""Who is to be reached about a patient: kin by age, guardians of children."""

from pipelines.record.simulator.clock import YEAR
from pipelines.record.simulator.facts import Facts
from pipelines.record.simulator.names import FAMILY_NAMES, GIVEN_NAMES, STREETS, TOWNS
from pipelines.record.simulator.population import AREA_CODES

# Relationship, sex where it is told, whether in the patient's own household.
_SPOUSE = ("spouse", None, True)
_OF_THE_YOUNG = (("parent", None, False), ("sibling", None, False))
_OF_THE_OLD = (("child", None, False), ("sibling", None, False))
_ANYBODY = (("friend", None, False), ("neighbor", None, False))
PARENT_LIVES_UNTIL_AGE, CHILD_FROM_AGE = 48, 46
SECOND_SHARE, THIRD_SHARE, REPLACED_SHARE = 0.6, 0.2, 0.05
TWO_PARENTS_SHARE, GUARDIAN_SHARE = 0.75, 0.06
_ROLES = ("emergency", "next_of_kin", "other")
_OTHER_SEX = {"F": "M", "M": "F"}


def write_contacts(facts: Facts) -> str:
    """Write one to three contacts; return the name of the first."""
    person = facts.case.person
    is_child = person.is_child_at(facts.end)
    chosen = _guardians(facts) if is_child else _kin(facts)
    names = []
    for rank, (relationship, sex, is_at_home) in enumerate(chosen, start=1):
        role = "guardian" if is_child else _ROLES[rank - 1]
        row = _write(facts, relationship, sex, is_at_home=is_at_home)
        row |= {"contact_role_code": role, "priority_number": rank}
        names.append(row["contact_name"])
    last = facts.journal.rows["contacts"][-1]
    later = facts.since + int(facts.chances.between(0.3, 2) * YEAR)
    if facts.chances.happens(REPLACED_SHARE) and later < facts.case.end:
        facts.amend("contacts", last, later, ended_at=later)
    return names[0]


def _guardians(facts: Facts) -> list[tuple[str, str | None, bool]]:
    """Return a child's parents, or a guardian."""
    if facts.chances.happens(GUARDIAN_SHARE):
        return [("guardian", None, True)]
    first = "F" if facts.chances.happens(0.7) else "M"
    parents = [("parent", first, True)]
    if facts.chances.happens(TWO_PARENTS_SHARE):
        parents.append(("parent", _OTHER_SEX[first], facts.chances.happens(0.7)))
    return parents


def _kin(facts: Facts) -> list[tuple[str, str | None, bool]]:
    """Return whom an adult names: the spouse first, then blood, then friends."""
    person, chances = facts.case.person, facts.chances
    age = person.age_at(facts.end)
    possible = [_SPOUSE] if person.lifestyle["marital"] == "M" else []
    possible += _OF_THE_OLD if age >= CHILD_FROM_AGE else ()
    possible += _OF_THE_YOUNG if age < PARENT_LIVES_UNTIL_AGE else ()
    possible.append(chances.pick(_ANYBODY))
    draw = chances.share()
    return possible[: 1 + (draw < SECOND_SHARE) + (draw < THIRD_SHARE)]


def _write(
    facts: Facts, relationship: str, sex: str | None, *, is_at_home: bool
) -> dict:
    person, chances = facts.case.person, facts.chances
    if relationship == "spouse":
        sex = _OTHER_SEX[person.sex]
    origin = person.origin
    given = chances.pick(GIVEN_NAMES[origin][sex or chances.pick("FM")])
    is_family = relationship in {"spouse", "child", "parent", "sibling"}
    family = person.identity["family_name"]
    if not is_family or chances.happens(0.2):
        family = chances.pick(FAMILY_NAMES[chances.pick(tuple(FAMILY_NAMES))])
    city, _, postal_code = chances.pick(TOWNS)
    address = {
        "address_line": f"{chances.whole(1, 400)} {chances.pick(STREETS)}",
        "city": city,
        "postal_code": postal_code,
    }
    if is_at_home:
        address = {name: person.identity[name] for name in address}
    has_mail = chances.happens(0.6)
    area, line = chances.pick(AREA_CODES), chances.whole(0, 100)
    mail = f"{given}.{family}{person.number}@example.org".lower()
    return facts.write(
        "contacts",
        facts.since,
        contact_name=f"{given} {family}",
        phone=f"+1 {area} 555 01{line:02d}",
        email=mail if has_mail else None,
        relationship_code=relationship,
        started_at=facts.since,
        **address,
    )
