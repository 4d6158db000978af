"""The roof: settings, addresses, discovery and the `dinh` command. Sees everything, is seen by nobody."""
