"""What becomes of each segment of a message: mapped, kept in the archive, refused."""

from collections import Counter

from pipelines.sources.hl7v2.mapping import rows_of
from pipelines.sources.hl7v2.message import read
from pipelines.sources.one_by_one import LeftOutError, RefusedError

MAPPED, KEPT, REFUSED = "mapped", "kept", "refused"
_PERSON = {"MSH", "EVN", "PID", "PV1"}
# What of a message is read; the rest of it is kept in the archive, word by word.
READ = {
    "ADT": _PERSON | {"MRG", "AL1", "DG1", "NK1", "IN1"},
    "ORU": _PERSON | {"ORC", "OBR", "OBX", "NTE", "SPM"},
    "OUL": _PERSON | {"ORC", "OBR", "OBX", "NTE", "SPM"},
    **dict.fromkeys(("ORM", "OML", "OMI", "OMG"), _PERSON | {"ORC", "OBR"}),
    "RDE": _PERSON | {"ORC", "TQ1", "RXE", "RXR"},
    "RDS": _PERSON | {"ORC", "RXE", "RXD", "RXR"},
    "RAS": _PERSON | {"ORC", "RXA", "RXR"},
    "MDM": _PERSON | {"TXA", "OBX"},
    "SIU": _PERSON | {"SCH", "TQ1", "AIP"},
}


def fates(text: str) -> Counter[tuple[str, str]]:
    """Return how many segments of a message were mapped, kept or refused, by name."""
    try:
        message = read(text)
    except RefusedError:
        return Counter((line[:3], REFUSED) for line in text.split("\r") if line)
    try:
        list(rows_of(text))
    except RefusedError:
        return Counter((each.name, REFUSED) for each in message.segments)
    except LeftOutError:
        return Counter((each.name, KEPT) for each in message.segments)
    read_ones = READ[message.kind[0]]
    return Counter(
        (each.name, MAPPED if each.name in read_ones else KEPT)
        for each in message.segments
    )
