"""HL7 v2 in files of messages, any version from 2.1 to 2.8."""

from pipelines.sources.adapter import MESSAGES, WHOLE_LINE, Adapter, Table
from pipelines.sources.hl7v2.mapping import map_messages

ADAPTER = Adapter(
    name="hl7v2",
    revision=2,
    is_historical=False,
    is_stream=True,
    tables=(
        Table(
            name="messages",
            required=(WHOLE_LINE,),
            map_records=map_messages,
            pattern=r".*",
            delimiter=MESSAGES,
            endings=(".hl7",),
        ),
    ),
)
