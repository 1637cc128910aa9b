"""T4: one module for each resource, `api` for the client that talks to it."""
