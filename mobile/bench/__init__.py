"""Measures the phone on a commune's register, each figure beside the least that the same work can cost here."""
