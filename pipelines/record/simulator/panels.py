"""What an order of the laboratory is called: its panels, then its single tests."""

from collections.abc import Iterable

from pipelines.record.simulator import analytes
from pipelines.record.simulator.analytes import ANALYTES

Test = tuple[str, str, str]  # code, code system, name

# Panel, by a member that no other panel has; LOINC.
# fmt: off
_PANELS: dict[str, tuple[tuple[str, ...], Test]] = {
    "sodium": (analytes.BASIC, ("24321-2", "LOINC", "Basic metabolic panel")),
    "neutrophils": (analytes.BLOOD_COUNT,
                    ("57021-8", "LOINC", "Blood count with differential")),
    "leukocytes": (analytes.CHILD_BLOOD_COUNT, ("58410-2", "LOINC", "Blood count")),
    "alt": (analytes.LIVER, ("24325-3", "LOINC", "Hepatic function panel")),
    "ldl": (analytes.LIPIDS, ("57698-3", "LOINC", "Lipid panel")),
    "iron_binding": (analytes.IRON[1:],
                     ("50190-8", "LOINC", "Iron and iron binding capacity panel")),
}
# fmt: on
_STRIP: Test = ("24357-6", "LOINC", "Urinalysis by test strip")
_STRIP_MEMBERS = frozenset({"5802-4", "5799-2", "5804-0", "5794-3", "5792-7"})
_CULTURES = {
    "630-4": ("630-4", "LOINC", "Urine culture"),
    "600-7": ("600-7", "LOINC", "Blood culture"),
}
CODE_LIST = "lis"


def _single(key: str) -> Test:
    analyte = ANALYTES[key]
    system = CODE_LIST if analyte.local_code else "LOINC"
    return (analyte.local_code or analyte.loinc, system, analyte.name)


AT_THE_BEDSIDE = (_STRIP, _single("glucose_bedside"))
_KEY_OF = {_single(key)[0]: key for key in ANALYTES}


def tests_of(codes: Iterable[object]) -> list[Test]:
    """Return what was ordered, given the codes of the results."""
    keys: dict[str, None] = {}
    for code in codes:
        if code in _CULTURES:
            return [_CULTURES[code]]
        if code in _STRIP_MEMBERS:
            return [_STRIP]
        keys[_KEY_OF[code]] = None
    return panels_of(keys)


def panels_of(keys: Iterable[str]) -> list[Test]:
    """Return the panels, then the single tests, that a set of analytes makes."""
    left = dict.fromkeys(key for key in keys if not key.endswith("_index"))
    tests: list[Test] = []
    for marker, (members, panel) in _PANELS.items():
        if marker in left:
            tests.append(panel)
            for member in members:
                left.pop(member, None)
    return tests + [_single(key) for key in left]
