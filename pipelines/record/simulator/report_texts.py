"""What radiologists write: findings and impression by study and what is wrong.

Each reading is a pair of findings and impression; the reason of the visit chooses which
it is, and several ways to say the same keep reports from all reading alike.
"""

Reading = tuple[str, str]

# By procedure, then by the code of the visit's reason; "" is the unremarkable one.
# fmt: off
READINGS: dict[str, dict[str, tuple[Reading, ...]]] = {
    "Plain X-ray of chest": {
        "": (
            ("Lungs are clear. Heart size is normal. No pleural effusion.",
             "No acute cardiopulmonary process."),
            ("No focal consolidation, effusion or pneumothorax. Mediastinal contours "
             "are unremarkable.", "Unremarkable chest radiograph."),
        ),
        "J18.9": (
            ("Airspace opacity in the right lower lobe with air bronchograms. No "
             "pneumothorax.", "Right lower lobe pneumonia."),
            ("Patchy consolidation at the left base with a small parapneumonic "
             "effusion.", "Left basal pneumonia with small effusion."),
        ),
        "A41.9": (
            ("Bilateral patchy opacities, more on the right. Heart size is normal.",
             "Bilateral infiltrates; infection is likely in this setting."),
            ("Low lung volumes. No focal consolidation, no effusion.",
             "No infiltrate: the chest is an unlikely focus."),
        ),
        "I50.9": (
            ("Enlarged cardiac silhouette, cephalisation of vessels and small "
             "bilateral effusions.", "Congestive heart failure with small effusions."),
            ("Cardiomegaly with interstitial oedema and Kerley B lines.",
             "Pulmonary oedema."),
        ),
        "J44.1": (
            ("Hyperinflated lungs with flattened diaphragms. No consolidation.",
             "Emphysematous changes without pneumonia."),
        ),
        "J20.9": (
            ("Mild bronchial wall thickening. No consolidation.",
             "Findings of bronchitis; no pneumonia."),
        ),
    },
    "CT of abdomen": {
        "": (
            ("Liver, spleen, pancreas and kidneys are unremarkable. The appendix is "
             "normal. No free fluid.", "No acute abdominal process."),
            ("No bowel obstruction. A simple renal cyst of 14 mm on the left.",
             "No acute finding. Simple renal cyst, no follow-up needed."),
        ),
        "A41.9": (
            ("Stranding around the right kidney. No abscess, no hydronephrosis.",
             "Right pyelonephritis as possible focus; no drainable collection."),
            ("No abscess and no free air. Gallbladder wall is not thickened.",
             "No abdominal focus of infection."),
        ),
    },
    "CT of head": {
        "": (
            ("No haemorrhage, mass effect or midline shift. Ventricles are normal.",
             "No acute intracranial abnormality."),
            ("Mild periventricular hypodensities. No haemorrhage.",
             "Chronic small vessel changes; no acute finding."),
        ),
    },
    "Plain X-ray of ankle": {
        "": (
            ("Soft tissue swelling over the lateral malleolus. Joint space is kept.",
             "No fracture."),
            ("No fracture line. Ankle mortise is congruent.",
             "Soft tissue swelling without fracture."),
        ),
    },
    "Plain X-ray of hip": {
        "": (("Displaced fracture of the right femoral neck with shortening.",
              "Displaced fracture of the right femoral neck."),
             ("Fracture through the right femoral neck, varus angulation.",
              "Right femoral neck fracture.")),
    },
    "MRI of knee": {
        "": (("Full-thickness cartilage loss of the medial compartment, osteophytes, "
              "moderate effusion.", "Severe medial osteoarthritis of the right knee."),
             ("Tricompartmental osteoarthritis with bone marrow oedema medially.",
              "Advanced osteoarthritis of the right knee.")),
    },
    "MRI of lumbar spine": {
        "": (("Disc bulge at L4/5 without nerve root contact. Conus is normal.",
              "Degenerative changes without nerve root compression."),
             ("Left paracentral disc protrusion at L5/S1 touching the S1 root.",
              "Disc protrusion L5/S1 on the left with contact to the S1 root.")),
    },
    "Echocardiography": {
        "": (("Normal chamber sizes. Estimated ejection fraction 60 %. No relevant "
              "valve disease.", "Normal left ventricular function."),),
        "I50.9": (("Dilated left ventricle with global hypokinesia, estimated ejection "
                   "fraction 32 %. Moderate mitral regurgitation.",
                   "Severely reduced left ventricular function."),
                  ("Left ventricular hypertrophy, estimated ejection fraction 45 %. "
                   "Raised filling pressures.",
                   "Mildly reduced function with diastolic dysfunction.")),
        "I48.91": (("Left atrium enlarged. Estimated ejection fraction 55 %. No "
                    "thrombus seen.", "Left atrial enlargement; function is kept."),),
        "I21.4": (("Hypokinesia of the inferior wall, estimated ejection fraction "
                   "48 %. No effusion.", "Regional wall motion abnormality after "
                   "infarction."),),
    },
    "Ultrasonography of kidney": {
        "": (("Kidneys of normal size without hydronephrosis. No stones.",
              "No hydronephrosis."),),
        "N17.9": (("Kidneys small and echogenic. No hydronephrosis.",
                   "Chronic parenchymal disease; no obstruction."),
                  ("Normal size, raised echogenicity. Bladder empty.",
                   "Parenchymal disease without obstruction.")),
    },
    "Ultrasonography of abdomen": {
        "": (("Gallbladder wall thickened to 6 mm with stones. Sonographic Murphy sign "
              "positive.", "Acute calculous cholecystitis."),
             ("Distended gallbladder with sludge and an impacted stone in the neck.",
              "Findings of acute cholecystitis.")),
    },
}
# fmt: on
TECHNIQUE = {
    "DX": "Standard views.",
    "CT": "Axial images with reformations.",
    "MR": "Multiplanar sequences without contrast.",
    "US": "Real-time examination at the bedside.",
}


def readings_of(procedure: object, reason: object) -> tuple[Reading, ...]:
    """Return the readings that fit a study in a visit of a reason."""
    by_reason = READINGS[procedure]
    return by_reason.get(reason, by_reason[""])
