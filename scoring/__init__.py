"""The binding path: policy, points, vetoes, grade.

Pure: nothing in this package knows a clock, a network, a database, a model or
a web framework, and only ``scoring/policy/load.py`` reads files. What happened
is therefore a function of what was passed in, and can be computed again.
"""
