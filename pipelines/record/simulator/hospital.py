"""The hospital's organizations and staff, sized by the number of its patients."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pipelines.record.simulator.names import FAMILY_NAMES, GIVEN_NAMES

PATIENTS_PER_DOCTOR = 100  # a doctor's list that a demonstration can show on one page
PATIENTS_PER_NURSE = 11  # coordinated patients per nurse; inpatients come on top
RADIOLOGISTS = 2
COORDINATED_SHARE = 0.10  # patients with enough illness to have a coordinating nurse

HOSPITAL = "O0001"
PRACTICES = ("O0002", "O0003", "O0004")
LABORATORY = "O0005"
WARDS = {
    "medicine": ("O0010", "3 North Medicine"),
    "surgery": ("O0011", "4 South Surgery"),
    "cardiology": ("O0012", "5 West Cardiology"),
    "intensive care": ("O0013", "Intensive Care Unit"),
}
EMERGENCY_DEPARTMENT = ("O0014", "Emergency Department")

_NAMES = (
    (HOSPITAL, "Tidewater General Hospital", "hospital"),
    ("O0002", "Harborlight Family Practice", "practice"),
    ("O0003", "Millbrook Family Practice", "practice"),
    ("O0004", "Saltmarsh Pediatrics", "practice"),
    (LABORATORY, "Tidewater Clinical Laboratory", "laboratory"),
    *(
        (number, f"Tidewater General Hospital, {name}", "ward")
        for number, name in (*WARDS.values(), EMERGENCY_DEPARTMENT)
    ),
)
_SPECIALTIES = (
    "Emergency Medicine",
    "Hospital Medicine",
    "Hospital Medicine",
    "General Surgery",
    "Orthopedics",
    "Cardiology",
    "Nephrology",
    "Endocrinology",
    "Critical Care",
)
_TITLES = {"physician": "Dr.", "nurse": "RN"}


@dataclass
class Hospital:
    """Who works where; patients are told off to them by number."""

    patients: int
    seed: int
    practitioners: list[dict[str, str]] = field(default_factory=list)
    by_specialty: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rng = np.random.default_rng([self.seed, 0])
        for _ in range(max(1, round(self.patients / PATIENTS_PER_DOCTOR))):
            self._hire(rng, "physician", "Family Medicine")
        for _ in range(max(1, self.patients // 800)):
            self._hire(rng, "physician", "Pediatrics")
        for specialty in _SPECIALTIES:
            self._hire(rng, "physician", specialty)
        coordinated = self.patients * COORDINATED_SHARE
        for _ in range(max(1, round(coordinated / PATIENTS_PER_NURSE))):
            self._hire(rng, "nurse", "Care coordination")
        for ward in WARDS:
            for _ in range(4):
                self._hire(rng, "nurse", ward)
        for _ in range(RADIOLOGISTS):  # last, so that nobody else's draws move
            self._hire(rng, "physician", "Radiology")

    def _hire(self, rng: np.random.Generator, role: str, specialty: str) -> None:
        """Add one member of staff under the next number of their profession."""
        prefix = "D" if role == "physician" else "N"
        number = 1 + sum(
            one["record_id"].startswith(prefix) for one in self.practitioners
        )
        origin = tuple(FAMILY_NAMES)[rng.integers(len(FAMILY_NAMES))]
        sex = "F" if rng.random() < (0.85 if role == "nurse" else 0.5) else "M"
        given = rng.choice(GIVEN_NAMES[origin][sex])
        family = rng.choice(FAMILY_NAMES[origin])
        practices = {
            "Family Medicine": PRACTICES[number % 2],
            "Pediatrics": PRACTICES[2],
        }
        record_id = f"{prefix}{number:04d}"
        self.practitioners.append(
            {
                "record_id": record_id,
                "practitioner_name": f"{_TITLES[role]} {given} {family}",
                "sex_code": sex,
                "specialty_name": specialty.capitalize()
                if role == "nurse"
                else specialty,
                "role_name": role,
                "organization_id": practices.get(
                    specialty, WARDS.get(specialty, (HOSPITAL,))[0]
                ),
            }
        )
        self.by_specialty.setdefault(specialty, []).append(record_id)

    @cached_property
    def organizations(self) -> list[dict[str, str]]:
        """Return the organizations as rows."""
        return [
            {
                "record_id": record_id,
                "organization_name": name,
                "organization_type_name": kind,
                "address_line": "1 Lighthouse Road",
                "city": "Boston",
                "state": "MA",
                "postal_code": "02118",
                "phone": f"+1 617 555 01{index:02d}",
            }
            for index, (record_id, name, kind) in enumerate(_NAMES)
        ]

    @cached_property
    def practice_of(self) -> dict[str, str]:
        """Return the organization of each member of staff."""
        return {one["record_id"]: one["organization_id"] for one in self.practitioners}

    @cached_property
    def name_of(self) -> dict[str, str]:
        """Return the name of each member of staff."""
        return {
            one["record_id"]: one["practitioner_name"] for one in self.practitioners
        }

    def family_doctor(self, patient_number: int, *, is_child: bool) -> str:
        """Return the doctor on whose list a patient is."""
        doctors = self.by_specialty["Pediatrics" if is_child else "Family Medicine"]
        return doctors[patient_number % len(doctors)]

    def place_on_list(self, patient_number: int) -> int:
        """Return which patient of their family doctor's list somebody is."""
        return patient_number // len(self.by_specialty["Family Medicine"])

    def coordinator(self, turn: int) -> str:
        """Return the nurse whose turn it is to take on a coordinated patient."""
        nurses = self.by_specialty["Care coordination"]
        return nurses[turn % len(nurses)]

    def one_of(self, specialty: str, rng: np.random.Generator) -> str:
        """Return any member of staff of a specialty or ward."""
        staff = self.by_specialty[specialty]
        return staff[rng.integers(len(staff))]
