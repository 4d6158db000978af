"""Who is told: messages out by any channel, with receipts, never twice."""
