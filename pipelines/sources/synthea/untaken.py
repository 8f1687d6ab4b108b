"""What Synthea delivers and no feed takes yet: counted, named, kept in the archive.

Columns are those that tell the tables apart, not all that a file may have.
"""

from pipelines.sources.adapter import Table

TABLES = (
    Table(name="claims", required=("id", "patientid", "providerid")),
    Table(name="claims_transactions", required=("id", "claimid", "patientid")),
    Table(
        name="devices",
        required=("start", "stop", "patient", "encounter", "code", "udi"),
        optional=("description",),
    ),
    Table(name="payers", required=("id", "name", "amount_covered")),
    Table(name="payer_transitions", required=("patient", "payer")),
    Table(
        name="supplies",
        required=("date", "patient", "encounter", "code", "quantity"),
        optional=("description",),
    ),
)
