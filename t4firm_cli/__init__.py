"""The `t4firm` command: one module for each thing a person does, `app` for how it is called."""
