"""Files from and for other systems: tables are read, checked row by row, shown, and only then written."""
