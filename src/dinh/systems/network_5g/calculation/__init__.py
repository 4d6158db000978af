"""What the radio process does: grounds, networks, figures. No Django; the web asks through `radio_process`."""
