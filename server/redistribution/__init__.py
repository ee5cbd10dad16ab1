"""What vaccine is needed where, what could be sent there, and what was."""
