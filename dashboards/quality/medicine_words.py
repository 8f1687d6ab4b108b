"""How mappings of medicines read to quality staff."""

METHODS = {
    "source": "by the source's own list of codes",
    "code": "by a code (RxNorm, NDC, generic sequence number)",
    "text": "by the name",
    "unmapped": "to no ingredient",
}
RECORD_KINDS = {
    "prescription": "Prescriptions",
    "dispense": "Dispenses",
    "administration": "Doses given",
}
PRODUCT_KINDS = {
    "medicine": "a medicine, of which a part is not known",
    "diluent": "a diluent",
    "container": "a container, no medicine",
    "supply": "a supply, no medicine",
    "unknown": "not known",
}
