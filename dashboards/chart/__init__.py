"""The parts of a patient's chart, shared by the roles that read one."""
