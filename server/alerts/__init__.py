"""What of the stock needs somebody: gathered for pages, told once a day by mail (rules: shared/rules/alerts.py)."""
