"""Run the command 'spotter' and write down which modules it loaded and which hosts it turned to.

python watched_command.py REPORT.json ARGUMENT...
"""

import json
import sys
from pathlib import Path

REACHING = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind")

HERE = ("127.", "::1", "localhost", "0.0.0.0", "/")
DENIED = False  # whether to reach another machine is an error, too

hosts = []


def note(event, arguments):
    if event in REACHING:
        place = arguments[1] if event in ("socket.connect", "socket.sendto", "socket.bind") else arguments[0]
        host = place[0] if isinstance(place, tuple) else place
        name = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")
        hosts.append(name)
        if DENIED and name and not name.startswith(HERE):
            raise PermissionError(f"Nothing may reach {name}.")


def run():
    report, sys.argv = Path(sys.argv[1]), ["spotter", *sys.argv[2:]]
    sys.path.insert(0, str(Path(__file__).parent.parent))
    sys.addaudithook(note)
    from assistant.cli import main

    try:
        main()
    finally:
        report.write_text(json.dumps({"modules": sorted(sys.modules), "hosts": hosts}), encoding="utf-8")


if __name__ == "__main__":
    run()
