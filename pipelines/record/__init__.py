"""The operational record: what people write, and the simulated hospital beside it."""
