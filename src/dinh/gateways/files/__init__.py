"""Files by signed addresses: whoever holds one opens the file until it expires."""
