"""Tables as people send them: encodings, delimiters, headers, numbers, dates, coordinates; no place and no indicator."""
