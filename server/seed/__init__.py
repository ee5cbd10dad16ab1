"""Made-up data for demonstrations, tests and measurements: real places and vaccines, people who do not exist.

Everything goes through the ledger's own acceptance. The same plan and seed give the same entries, byte for byte.
"""
