"""How one load of a feed compares with the loads of its source before it.

Each load leaves measurements: how many rows, how much is filled, which codes and units,
where the middle of the numbers lies. Control charts judge the next load by them.
"""
