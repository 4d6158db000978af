"""What people and officials do: drafts, handing in, the desk, fees, results."""
