"""Sign-in, one's own profile and keys, and the administration of people and organisations."""
