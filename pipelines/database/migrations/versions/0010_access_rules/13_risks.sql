-- Who sees which risk.

create policy ehr_doctor on ml.risk_score
for select to ehr_doctor
using (
    is_current
    and (select access.is_known_person())
    and patient_key not in (select unnest(access.closed_patients()))
    and (
        (sensitivity & (select access.withheld_labels())) = 0
        or patient_key in (select unnest(access.entrusted_patients()))
    )
);
create policy ehr_nurse on ml.risk_score
for select to ehr_nurse
using (
    is_current
    and patient_key = any((select access.visible_patients())::bigint[])
);
