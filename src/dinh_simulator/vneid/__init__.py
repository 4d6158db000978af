"""A VNeID that is none: an OpenID provider with invented citizens, for the demonstration and for tests."""
