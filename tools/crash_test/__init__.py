"""kill -9 at random moments, until a firm is set up all the same: `make crash-test`.

Each round makes up a firm and sets it up in a simulator with latency. The run is killed with -9 at a random
moment (the command, the provider's process, or both) and started again, until one ends well. Between the runs
somebody does what a user would: `t4firm unlock`, or `t4firm up`, which unlocks by itself. Then T4, the firm
file and the state must agree, and one more run must change nothing.

`firms` makes a firm up, `killing` says when which process dies and sees to it, `checks` compares what came of
it, `rounds` plays one round with all of them, `__main__` plays many.
"""
