"""The phone's encrypted store: entries, what they project to, drafts, and the outbox.

The public door is `mobile.store.store.Store`; screens read through `registers`, `stock` and `plans`,
which take the store as their first argument. Nothing here knows Kivy.
"""
