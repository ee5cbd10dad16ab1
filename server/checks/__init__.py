"""Verification: whether what is stored is what the entries say. It trusts no projection and no cell."""
