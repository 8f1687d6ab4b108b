"""What the columns of Synthea's files tell about who somebody is.

A column of one name has one class in every file: the gravest that it has in any.
"""

IDENTIFIES_NAMES = """
    id patient patientid encounter claimid ssn drivers passport prefix first middle last
    suffix maiden name birthplace address city county fips zip lat lon phone udi
    series_uid instance_uid
"""
QUASI_NAMES = """
    birthdate deathdate date start stop gender marital race ethnicity state income
    healthcare_expenses healthcare_coverage organization provider providerid payer value
"""
HARMLESS_NAMES = """
    amount_covered base_cost base_encounter_cost bodysite_code bodysite_description
    category code description description1 description2 dispenses encounterclass
    encounters modality_code modality_description payer_coverage procedure_code
    procedures quantity reaction1 reaction2 reasoncode reasondescription revenue
    severity1 severity2 sop_code sop_description speciality status system
    total_claim_cost totalcost type units utilization
"""

IDENTIFIES = frozenset(IDENTIFIES_NAMES.split())
QUASI = frozenset(QUASI_NAMES.split())
HARMLESS = frozenset(HARMLESS_NAMES.split())
