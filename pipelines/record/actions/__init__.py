"""What people do: each action is allowed, announced in the audit, done, and told.

An action here is the only way in which a page changes anything.
"""
