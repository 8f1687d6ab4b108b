"""Bad files, each with the verdict that it must get; written out as bytes."""
