"""Reports upward, the same on pages and phones: indicators, forms, the count of a unit's period, drafts."""
