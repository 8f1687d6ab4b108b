"""The checks as one whole: what all of them say, and the scans that judge the marts.

What a feed's rule says stands in its suite and what a check of a mart says in
``expectations.marts``; here they are read, told, run and counted.
"""
