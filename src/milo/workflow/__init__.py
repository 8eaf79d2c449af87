"""The flow, one step a file: plain functions that take a session, what to do, and the time."""
