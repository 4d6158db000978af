"""Tables from people: CSV and Excel with a preview, mappings kept for the next month."""
