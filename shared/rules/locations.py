"""Bounds of a measured position, in whole millionths of a degree (some 11 cm): no floats in the ledger."""

LATITUDE_E6 = {"least": -90_000_000, "most": 90_000_000}
LONGITUDE_E6 = {"least": -180_000_000, "most": 180_000_000}
