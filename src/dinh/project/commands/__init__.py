"""One module is one verb: HELP and `run(arguments) -> exit status`."""
