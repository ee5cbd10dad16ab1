"""What the phone and the server share: entries, kinds, rules, projections, reference data, words.

Nothing here imports `server` or `mobile`; everything here runs unchanged on Python 3.11 to 3.14.
"""
