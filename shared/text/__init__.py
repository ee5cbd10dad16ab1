"""Words: text for search and order, figures and dates as people read them, messages in two languages."""
