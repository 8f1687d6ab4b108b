"""Forms: fields, drafts, a check before saving, and what was saved."""
