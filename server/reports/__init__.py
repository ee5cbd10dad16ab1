"""Reports: rows for people who count on them, as JSON or CSV, from the same figures the pages show."""
