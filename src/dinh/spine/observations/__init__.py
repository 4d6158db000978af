"""How much, when: indicators, series, history, thresholds, alerts, quality."""
