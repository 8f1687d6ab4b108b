"""The 27 check types of OHDSI's DataQualityDashboard 2.8.4, and what answers each."""

from typing import NamedTuple


class Answer(NamedTuple):
    """What answers a check type, and what is better than there."""

    counterpart: str
    better: str


CONTRACT = "dbt's contract of every mart, which PostgreSQL enforces, and the suites"
ANSWERS = {
    "cdmTable": Answer(
        f"{CONTRACT}: the least number of rows of a load",
        "a build without the table fails and the last good one stays; the books name a "
        "file without records",
    ),
    "measurePersonCompleteness": Answer(
        "share of patients with a row, for each source",
        "limits are learned from real sets (half of the least seen), not 95 or 100 %",
    ),
    "measureConditionEraCompleteness": Answer(
        "whoever is exposed to a medicine has an era",
        "asked of every exposure and not of persons; eras with and without stockpiling",
    ),
    "measureObservationPeriodOverlap": Answer(
        "stays, eras and covered intervals of one thing never overlap",
        "asked of all three periods; touching days of a transfer are no overlap",
    ),
    "cdmField": Answer(
        f"{CONTRACT}: the columns that no row can do without",
        "a delivery without a needed column is held, and the column named",
    ),
    "isRequired": Answer(
        "required columns of every feed; not null in PostgreSQL for every mart",
        "the row waits in quarantine with its line and can be released; a mart cannot "
        "hold such a row at all",
    ),
    "cdmDatatype": Answer(
        "types of the contract, read strictly; the longest that a text can be",
        "not integers alone: every type, in the delivery, row by row",
    ),
    "isPrimaryKey": Answer(
        "one content per record id and load; primary keys in PostgreSQL",
        "two contents of one fact are told apart from a repeat of the same",
    ),
    "isForeignKey": Answer(
        "every key of every mart names a row that is there",
        "for each source; also of what is derived, where rows outlive their origin",
    ),
    "fkDomain": Answer(
        "values of a list, and codes that have the form of the system they name",
        "judged at the delivery, where it can be mended, and beside its line",
    ),
    "fkClass": Answer(
        "an era is of an ingredient of RxNorm's list",
        "the same question; the list is beside it, with its origin",
    ),
    "isStandardValidConcept": Answer(
        "LOINC by check digit",
        "a mistyped code is told from an unknown one, which no vocabulary tells",
    ),
    "measureValueCompleteness": Answer(
        "least share filled, of columns that every source seen fills, for each source",
        "a limit that can fail, where theirs is 100 % and reports alone",
    ),
    "standardConceptRecordCompleteness": Answer(
        "share of rows mapped: tests, signs, units, flags, ingredients, classes",
        "units and flags are asked, too; limits are learned from real sets",
    ),
    "sourceConceptRecordCompleteness": Answer(
        "a code of a medicine says of which list it is",
        "the list is named beside the code in every fact",
    ),
    "sourceValueCompleteness": Answer(
        "share of a source's own codes of tests that are mapped",
        "for each source; rare codes count as much as common ones",
    ),
    "plausibleValueLow": Answer(
        "least number of a measure in one unit, and of counts and years",
        "only with its unit: theirs by unit were deleted after complaints",
    ),
    "plausibleValueHigh": Answer(
        "greatest number of a measure in one unit, and of counts and years",
        "records of what was survived, so that an emergency is no error",
    ),
    "plausibleTemporalAfter": Answer(
        "times since 1900 and up to the source's own today",
        "today is the source's: a historical set is not judged by the clock",
    ),
    "plausibleDuringLife": Answer(
        "after birth and before death, both below",
        "older form there; here two checks, so that one tells which end it is",
    ),
    "withinVisitDates": Answer(
        "an event is within a week of its visit",
        "asked of 19 times instead of 9",
    ),
    "plausibleAfterBirth": Answer(
        "no event before birth",
        "by the year where a source states no date, instead of not at all",
    ),
    "plausibleBeforeDeath": Answer(
        "no event more than 60 days after death",
        "not of bills and answers, which rightly follow",
    ),
    "plausibleStartBeforeEnd": Answer(
        "no end before its start, as delivered and as worked out",
        "the row of a visit is refused with its line; periods that are computed, too",
    ),
    "plausibleGender": Answer(
        "single concepts of SNOMED CT of one sex",
        "fewer concepts than there: what is below them no open list tells",
    ),
    "plausibleGenderUseDescendants": Answer(
        "chapters of ICD-10-CM and ICD-9-CM of one sex, with all that is below",
        "a whole chapter is one check, and ICD-9-CM is asked, too",
    ),
    "plausibleUnitConceptIds": Answer(
        "an analyte comes in a unit that leads to its reference unit",
        "by what converts and not by a list: a new spelling of a right unit passes",
    ),
}
