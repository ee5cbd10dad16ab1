"""Field days played by real phone stores and the real sync client, without a screen."""
