"""Prescriptions: a chain of starts, changes, renewals and stops; their dispenses."""

from dataclasses import dataclass, field

from pipelines.record.simulator.clock import DAY
from pipelines.record.simulator.formulary import FORMULARY
from pipelines.record.simulator.person import Person

RENEWAL = "Renewal"
RENEWAL_DAYS = 340  # four fills of 90 days, less the time to see the doctor


@dataclass(frozen=True)
class Order:
    """When, in which visit, by whom and why something is prescribed."""

    minute: int
    encounter_id: str
    practitioner_id: str
    reason_code: str
    reason_name: str


@dataclass
class Prescription:
    """One prescription, open until it is stopped, changed or used up."""

    record_id: str
    key: str
    order: Order
    change_reason: str | None = None
    replaces: str | None = None
    ended: int | None = None
    is_course: bool = False  # ends when it is used up
    is_inpatient: bool = False  # given on the ward, not dispensed


@dataclass
class Regimen:
    """What one person is prescribed; at most one medicine of a group at a time."""

    person: Person
    active: dict[str, Prescription] = field(default_factory=dict)
    history: list[Prescription] = field(default_factory=list)

    def effect(self, name: str, minute: int) -> float:
        """Return what all active medicines taken do to one target."""
        total = sum(
            FORMULARY[one.key].effects.get(name, 0.0) for one in self.active.values()
        )
        return total * self.person.adherence_at(minute) if total else 0.0

    def has(self, key: str) -> bool:
        """Return whether a product is active."""
        held = self.active.get(FORMULARY[key].group)
        return held is not None and held.key == key

    def start(self, key: str, order: Order, reason: str | None = None) -> Prescription:
        """Prescribe; what is active of the same group is replaced for that reason."""
        group = FORMULARY[key].group
        replaced = self.active.get(group)
        if replaced is not None:
            self.stop(group, order.minute, reason)
        new = self._record(key, order)
        new.change_reason = reason
        new.replaces = replaced.record_id if replaced else None
        self.active[group] = new
        return new

    def stop(self, group: str, minute: int, reason: str | None) -> None:
        """End what is active of a group."""
        held = self.active.pop(group)
        held.ended = max(minute, held.order.minute)
        held.change_reason = reason

    def give_course(
        self, key: str, order: Order, days: float, *, is_inpatient: bool = False
    ) -> Prescription:
        """Prescribe a medicine that ends by itself."""
        new = self._record(key, order)
        new.is_course, new.is_inpatient = True, is_inpatient
        new.ended = order.minute + int(days * DAY)
        return new

    def renew(self, order: Order) -> None:
        """Renew what has been running for nearly a year."""
        for held in list(self.active.values()):
            if order.minute - held.order.minute > RENEWAL_DAYS * DAY:
                reasons = (held.order.reason_code, held.order.reason_name)
                again = Order(
                    order.minute, order.encounter_id, order.practitioner_id, *reasons
                )
                self.start(held.key, again, RENEWAL)

    def _record(self, key: str, order: Order) -> Prescription:
        number = f"RX{self.person.number:06d}-{len(self.history) + 1}"
        new = Prescription(number, key, order)
        self.history.append(new)
        return new
