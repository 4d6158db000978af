"""From what was sent to what is durably written: parsing, judging each row, one writer."""
