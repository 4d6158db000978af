"""Notices on the screen: the bell, the inbox, what each person wants, and what could not be sent."""
