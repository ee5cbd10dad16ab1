"""Practice: a made-up commune to try everything on, in a store that can never be sent (R083)."""
