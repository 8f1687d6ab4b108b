"""What Synthea delivers and no feed takes yet: counted, named, kept in the archive.

An insurance is told by its payer's name, which ``payer_transitions`` leaves to another
file. ``claims`` states a balance, no amount billed, and ``claims_transactions`` holds
charges beside payments and transfers between payers: added up as claims and payments,
neither would say what is owed.
Columns are those that tell the tables apart, not all that a file may have.
"""

from pipelines.sources.adapter import Table

TABLES = (
    Table(name="claims", required=("id", "patientid", "providerid")),
    Table(name="claims_transactions", required=("id", "claimid", "patientid")),
    Table(name="payers", required=("id", "name", "amount_covered")),
    Table(name="payer_transitions", required=("patient", "payer")),
    Table(
        name="supplies",
        required=("date", "patient", "encounter", "code", "quantity"),
        optional=("description",),
    ),
)
