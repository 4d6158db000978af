"""The common look: layout, components, translations, live updates."""
