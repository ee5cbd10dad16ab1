"""Forms: from a kind's declared fields to widgets, and back to a body the reading gate judges."""
