"""Rules as pure functions: ages, schedule, expiry and FEFO, identity, visits. No clock, no database, no framework."""
