"""`python -m t4simulator --folder F [--port 0] [--tls trusted]`: serves on 127.0.0.1 until it is stopped."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from t4simulator.service.certificates import KINDS
from t4simulator.service.folder import AlreadyRunning
from t4simulator.service.server import serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulator", description="An embedded T4, on this machine only.")
    parser.add_argument("--folder", type=Path, required=True, help="where firm, keys and run.json are kept")
    parser.add_argument("--port", type=int, default=0, help="0: the last one used here, or any")
    parser.add_argument("--tls", choices=KINDS, help="serve https, with a good certificate or a bad one")
    asked = parser.parse_args()
    try:
        serve(asked.folder.absolute(), asked.port, asked.tls)
    except (AlreadyRunning, OSError) as error:
        print(f"The simulator did not start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
