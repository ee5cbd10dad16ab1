"""gunicorn for the server: `gunicorn --config deploy/gunicorn.conf.py server.wsgi:app`."""

import gc
import os
from pathlib import Path

bind = f"{os.environ.get('TUNGNHA_HOST', '127.0.0.1')}:{os.environ.get('TUNGNHA_PORT', '8022')}"
workers = int(os.environ.get("TUNGNHA_WORKERS", "2"))
worker_class = "gthread"
threads = 4

# A pull carries its cursor (a position for each of a station's streams) in the address; the default is 4094.
limit_request_line = 8190

# Every worker loads the program for itself: database connections and locks do not survive a fork.
preload_app = False

# A push of 1,000 entries over a slow line ends well within this; a worker that hangs longer is replaced.
timeout = 60
graceful_timeout = 30
keepalive = 5

# Heartbeat files on disk can stall a worker; /dev/shm is memory.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

# Nobody steers the running server through a socket: systemd starts and stops it.
control_socket_disable = True

# Faults go to standard error, that is to the journal. The proxy in front writes the access log.
errorlog = "-"
accesslog = None


def post_worker_init(worker: object) -> None:
    """What the program loaded stays: the garbage collector need not look through it at every push (8 % of its CPU)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
