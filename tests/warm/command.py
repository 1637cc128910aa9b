"""`python -I -S command.py SOCKET [for t4firm …]`: stands in for a `t4firm` that server.py beside it
has started.

It imports little: it is started for each command.
"""

import json
import os
import socket
import sys


def main() -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(sys.argv[1])
        socket.send_fds(server, [b"\0"], [0, 1, 2])
        wanted = {"folder": os.getcwd(), "environment": dict(os.environ), "arguments": sys.argv[2:]}
        server.sendall(json.dumps(wanted).encode())
        server.shutdown(socket.SHUT_WR)
        code = int(server.recv(64))
    os._exit(code if code >= 0 else 128 - code)  # ended by a signal: as a shell tells it


main()
