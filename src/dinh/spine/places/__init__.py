"""Where: administrative units through time, facilities and assets, their geometry."""
