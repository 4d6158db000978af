"""The ground floor: errors, times, names, units and manifests; no framework."""
