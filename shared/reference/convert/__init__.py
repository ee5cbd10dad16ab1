"""Kept scripts that made the CSV files of shared/reference; none of them runs in the product."""
