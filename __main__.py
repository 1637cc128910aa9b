"""The Pulumi program (providers/t4/main.py). A firm's own repository has the same: `t4firm init`."""

from providers.t4.main import run

run()
