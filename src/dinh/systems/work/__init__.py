"""Inbox and case pages."""
