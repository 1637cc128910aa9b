"""`python -m tools.timed <phase> <command> …`: runs the command, says how long it took, exits as it did."""

from __future__ import annotations

import subprocess
import sys
import time

from t4firm_setup.report import duration


def main() -> None:
    phase, *command = sys.argv[1:]
    start = time.monotonic()
    try:
        status = subprocess.run(command, check=False).returncode
    except KeyboardInterrupt:
        status = 130
    except OSError as error:
        sys.exit(f"{command[0]} can't be started: {error.strerror}. Run `make setup`.")
    outcome = "took" if status == 0 else f"ended with status {status} after"
    print(f"Phase {phase}: {outcome} {duration(time.monotonic() - start)}", flush=True)
    # a process ended by signal n has status -n here, and 128 + n in a shell
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
