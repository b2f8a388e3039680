"""One module a command of the command line; each is imported when its command is asked for."""
