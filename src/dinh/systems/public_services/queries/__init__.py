"""Reading: who may open what, procedures, the desk, progress in public, figures."""
