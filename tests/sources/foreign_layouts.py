"""Two invented exports of other shapes than ours, and a mapping of the first."""

GERMAN_LABORATORY = """\
PatNr;Geschlecht;GebDat;AuftragsNr;Abnahmedatum;Abnahmezeit;Analyt;Bezeichnung;\
Ergebnis;Einheit;NB_u;NB_o;Bewertung;Bemerkung
4711;w;03.08.1956;A1;01.02.2026;07:40;KREA;Kreatinin;1,21;mg/dl;0,5;0,9;+;
4711;w;03.08.1956;A1;01.02.2026;07:40;ERY;Erythrozyten;4,1;Mio/µl;3,9;5,2;;
4711;w;03.08.1956;A1;01.02.2026;07:40;CRP;CRP;<0,6;mg/l;;5;;"hämolytisch; neu"
4712;m;31.12.1980;A2;29.03.2026;02:30;TROP;Troponin;negativ;;;;;
4713;d;15.06.1990;A3;25.10.2026;12:00;THRO;Thrombozyten;1.250;/nl;150;400;++;
4714;w;15.06.1990;A4;25.10.2026;12:00;FERR;Ferritin;1234,5;ng/ml;15;150;++;
"""

GERMAN_MAPPING = """\
source_system: labor-nord
time_zone: Europe/Berlin
units:
  values: {mg/dl: mg/dL, Mio/µl: "10*6/uL"}
codes:
  sex: {values: {w: F, m: M}, unmapped: refuse}
files:
  - pattern: "LABOR_*.csv"
    delimiter: ";"
    decimal_comma: true
    date_formats: ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
    rows:
      - feed: lab_results
        columns:
          source_patient_id: PatNr
          test_code: Analyt
          code_system: {constant: labor-nord}
          value_text: Ergebnis
          value_number: {column: Ergebnis, only_numbers: true}
          unit: Einheit
          reference_low: NB_u
          reference_high: NB_o
          collected_at: {columns: [Abnahmedatum, Abnahmezeit]}
      - feed: patients
        columns:
          source_patient_id: PatNr
          sex_code: {column: Geschlecht, codes: sex}
          birth_date: GebDat
"""

US_PHARMACY = """\
Rx Number,MRN,DOB,Gender,Drug,NDC,Sig,Qty,Days Supply,Refills,Prescriber NPI,\
Date Written,Status
7001,900-1,08/03/1956,F,Metformin 500 MG,00093-1048-01,1 tablet twice daily,"1,000",\
30,3,1999999984,01/15/2026,Active
7002,900-2,12/31/1980,M,Lisinopril 10 MG,68180-0980-03,1 tablet daily,90,90,0,\
1999999984,02/01/2026,Stopped
"""
