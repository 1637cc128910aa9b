"""`make setup`: the Python environment in .venv, the libraries, and the Pulumi engine in .venv/bin.

Standard library only: it runs before anything is installed.

    __main__              what happens in which order, and the times at the end
    interpreter           a Python that is new enough
    virtual_environment   .venv, the libraries with their hashes, the project itself
    engine                which engine: PATH, cache, download, build; and its four files in .venv/bin
    engine_on_path        an engine that the user has already
    engine_download       the official download
    engine_build          the build from Go modules (t4firm_setup/go/engine, t4firm_setup/go/host)
    engine_cache          engines kept for each user and version, installed whole or not at all
    watched               a long command with its progress shown
    report                the lines that the person at the terminal reads
    errors                SetupError: a step that can't go on, with what to do
"""
