"""What each illness asks for on admission: blood tests, images, procedures."""

from pipelines.record.simulator import analytes

# fmt: off
WORK_UP = {
    "pneumonia": ("crp", "procalcitonin", "lactate"),
    "urosepsis": ("crp", "procalcitonin", "lactate"),
    "sepsis": ("crp", "procalcitonin", "lactate", "inr", *analytes.LIVER),
    "heart_failure": ("bnp", "troponin", "magnesium"),
    "copd_flare": ("crp",),
    "atrial_fibrillation": ("tsh", "magnesium", "troponin"),
    "hyperglycemia": ("hba1c", "phosphate"),
    "kidney_injury": ("phosphate", "albumin_creatinine"),
    "bleeding": ("inr", *analytes.IRON),
    "infarction": ("troponin", *analytes.LIPIDS),
    "hip_fracture": ("inr", "vitamin_d"),
    "cholecystitis": ("crp", *analytes.LIVER),
    "knee_replacement": ("inr",),
}
# fmt: on
# fmt: off
IMAGES = {
    "pneumonia": ("chest_xray",), "sepsis": ("chest_xray", "abdomen_ct"),
    "heart_failure": ("chest_xray", "echo"), "copd_flare": ("chest_xray",),
    "atrial_fibrillation": ("echo",), "infarction": ("chest_xray", "echo"),
    "kidney_injury": ("kidney_ultrasound",), "hip_fracture": ("hip_xray",),
    "cholecystitis": ("gallbladder_ultrasound",), "urosepsis": ("kidney_ultrasound",),
    "knee_replacement": ("knee_mri",),
}
# fmt: on
# Procedure and hours after admission.
# fmt: off
DONE = {
    "bleeding": ("gastroscopy", 14), "infarction": ("catheter", 10),
    "hip_fracture": ("hip", 16), "cholecystitis": ("cholecystectomy", 18),
    "knee_replacement": ("knee", 3), "hernia_repair": ("hernia", 3),
    "cardiac_catheter": ("catheter", 3), "heart_failure": ("ecg", 1),
    "atrial_fibrillation": ("cardioversion", 22), "sepsis": ("central_line", 3),
}
# fmt: on
