"""Projections as pure folds: entries in, rows out. The phone and the server store the same rows.

A row is a dict whose keys are the columns of the table of that name on the server. The result of a fold
depends on the set of entries alone: not on their order, their batches, or how often they came.
"""
