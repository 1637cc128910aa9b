"""How each command is called: its options, help and exit codes. `t4firm_cli.app` lists them.

    files      validate, schema, review     what the files say
    runs       up, preview                  the engine
    reading    drift, watch, doctor         T4 as it is
    tasks      tasks, attest, request       what people have to do
    edits      new, depart, revoke, …       changes of the firm file
    imports    import csv, xlsx, t4         a way in
    reports    report, history              what is known of the firm
    repository  init, setup                  a firm's own repository
    upkeep     unlock, password, copy-state
    fleet      fleet list, preview, up, …   all stacks at once
    simulator  simulator start, stop, …     a group

Each command imports what it needs when it is called: the engine's SDK, the HTTP library and the models take
longer to load than --help takes to read."""
