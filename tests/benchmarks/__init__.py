"""The benchmarks run, and measure what they say; how fast is no test's business."""
