"""The simulated hospital: deliveries that parse, hold together and make sense."""
