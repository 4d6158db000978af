"""Indicator reporting: figures that officials answer for, approved by a second person."""
