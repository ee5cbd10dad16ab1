"""Screens, one module and one .kv each. A screen asks the store and the rules; it decides nothing itself."""
