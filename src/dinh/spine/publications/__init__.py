"""What is told: drafts that are checked, published, corrected and withdrawn, each version in the ledger."""
