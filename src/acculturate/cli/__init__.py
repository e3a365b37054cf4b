"""The command line: short functions that call what Python calls, and print."""
