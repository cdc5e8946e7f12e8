"""A whole invented county, written as ordinary import files: for the demo, tests and benchmarks.

Nobody in it exists: the county code 411299 belongs to no place, so its resident ID numbers
belong to nobody. Every figure stands in ``county.yaml`` and the two profile tables.
"""
