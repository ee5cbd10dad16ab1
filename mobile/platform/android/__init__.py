"""What an Android phone offers, through pyjnius. Nothing here is imported anywhere else; prepared, not built here."""
