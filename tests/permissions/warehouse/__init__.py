"""The rights of the warehouse: every role, object and verb, tried."""
