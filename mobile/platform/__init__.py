"""Interfaces to what the device offers, each with an Android and a desktop version."""
