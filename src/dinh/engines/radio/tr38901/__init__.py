"""3GPP TR 38.901: path loss, line of sight and penetration from 0.5 to 100 GHz."""
