"""Imaging studies and procedures, tied to the illness that asks for them."""

from dataclasses import dataclass

from pipelines.record.simulator.case import Case, Visit
from pipelines.record.simulator.clock import HOUR


@dataclass(frozen=True)
class Study:
    """One kind of imaging study; codes are SNOMED CT and DICOM."""

    modality: str
    modality_name: str
    site_code: str
    site: str
    sop: str
    procedure_code: str
    procedure: str


_DIGITAL = "1.2.840.10008.5.1.4.1.1.1.1"
_CT = "1.2.840.10008.5.1.4.1.1.2"
_ULTRASOUND = "1.2.840.10008.5.1.4.1.1.6.1"
_MR = "1.2.840.10008.5.1.4.1.1.4"
_SOP_NAMES = {
    _DIGITAL: "Digital X-Ray Image Storage - For Presentation",
    _CT: "CT Image Storage",
    _ULTRASOUND: "Ultrasound Image Storage",
    _MR: "MR Image Storage",
}

# fmt: off
STUDIES = {
    "chest_xray": Study("DX", "Digital Radiography", "51185008", "Thoracic structure",
                        _DIGITAL, "399208008", "Plain X-ray of chest"),
    "chest_ct": Study("CT", "Computed Tomography", "51185008", "Thoracic structure",
                      _CT, "169069000", "CT of chest"),
    "abdomen_ct": Study("CT", "Computed Tomography", "818983003", "Abdomen", _CT,
                        "169070004", "CT of abdomen"),
    "head_ct": Study("CT", "Computed Tomography", "69536005", "Head structure", _CT,
                     "303653007", "CT of head"),
    "ankle_xray": Study("DX", "Digital Radiography", "344001", "Ankle", _DIGITAL,
                        "19490002", "Plain X-ray of ankle"),
    "hip_xray": Study("DX", "Digital Radiography", "29836001", "Hip region", _DIGITAL,
                      "241043009", "Plain X-ray of hip"),
    "knee_mri": Study("MR", "Magnetic Resonance", "72696002", "Knee region", _MR,
                      "241653001", "MRI of knee"),
    "spine_mri": Study("MR", "Magnetic Resonance", "122496007", "Lumbar spine", _MR,
                       "241648007", "MRI of lumbar spine"),
    "echo": Study("US", "Ultrasound", "80891009", "Heart structure", _ULTRASOUND,
                  "40701008", "Echocardiography"),
    "kidney_ultrasound": Study("US", "Ultrasound", "64033007", "Kidney structure",
                               _ULTRASOUND, "306005", "Ultrasonography of kidney"),
    "gallbladder_ultrasound": Study("US", "Ultrasound", "28231008", "Gallbladder",
                                    _ULTRASOUND, "45036003",
                                    "Ultrasonography of abdomen"),
}
# fmt: on

# Code, name, duration in hours; SNOMED CT.
# fmt: off
PROCEDURES = {
    "ecg": ("29303009", "Electrocardiographic procedure", 0.2),
    "colonoscopy": ("73761001", "Colonoscopy", 0.7),
    "gastroscopy": ("76009000", "Esophagogastroduodenoscopy", 0.6),
    "catheter": ("41976001", "Cardiac catheterization", 1.3),
    "cholecystectomy": ("45595009", "Laparoscopic cholecystectomy", 1.6),
    "hip": ("76915002", "Hemiarthroplasty of hip", 1.8),
    "knee": ("609588000", "Total knee replacement", 1.9),
    "hernia": ("44558001", "Repair of inguinal hernia", 1.1),
    "cardioversion": ("180325003", "Electrical cardioversion", 0.4),
    "central_line": ("233527006", "Central venous cannula insertion", 0.6),
    "transfusion": ("116863004", "Transfusion of red blood cells", 2.5),
    "spirometry": ("127783003", "Spirometry", 0.4),
    "foot_examination": ("401191002", "Diabetic foot examination", 0.2),
}
# fmt: on


def take_images(case: Case, visit: Visit, key: str, minute: int) -> None:
    """Write one study with its single series and instance."""
    if minute >= case.end:
        return
    study = STUDIES[key]
    number = len(case.journal.rows["imaging_studies"]) + 1
    root = f"1.2.826.0.1.3680043.10.1.{case.person.number}.{number}"
    case.journal.write(
        "imaging_studies",
        encounter_id=visit.encounter_id,
        study_id=f"ST{case.person.number:06d}-{number}",
        series_uid=f"{root}.1",
        instance_uid=f"{root}.1.1",
        modality_code=study.modality,
        modality_name=study.modality_name,
        body_site_code=study.site_code,
        body_site_name=study.site,
        sop_code=study.sop,
        sop_name=_SOP_NAMES[study.sop],
        procedure_code=study.procedure_code,
        procedure_name=study.procedure,
        started_at=minute,
    )


def do_procedure(
    case: Case, visit: Visit, key: str, minute: int, reason: tuple[str, str]
) -> None:
    """Write one procedure with its reason."""
    code, name, hours = PROCEDURES[key]
    finished = minute + int(hours * HOUR * case.rng.uniform(0.8, 1.3))
    if finished >= case.end:
        return
    case.journal.write(
        "procedures",
        encounter_id=visit.encounter_id,
        procedure_code=code,
        code_system="SNOMED-CT",
        procedure_name=name,
        reason_code=reason[0],
        reason_name=reason[1],
        started_at=minute,
        ended_at=finished,
    )
