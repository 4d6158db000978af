"""Online public services: procedures, dossiers, fees, results."""
