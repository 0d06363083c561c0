"""What WATCH does: events a second to one reader, from the start and live, and the memory of a thousand readers.

Each takes a running daemon that lets one user have `READERS` connections (`daemon(programs, state)` makes one) and the
folder of its state, writes events by psql as the owner of the tables, and gives a figure.
"""
import concurrent.futures
import resource
import selectors
import socket
import time

from harness import Daemon, psql, say

READERS = 1_000


def daemon(programs, state):
    """A daemon that is not started yet, for all of the measurements."""
    return Daemon(programs, state, "--connections-per-principal", str(READERS + 100))


def prepare(daemon):
    """An investor and a firm, whose events there will be."""
    daemon.ask("INVESTOR ADD I-watched name=Watched kind=vc")
    daemon.ask("FIRM ADD F-watched name=Watched sectors=ai stage=seed")


def write(state, count, batch):
    """Adds events, so many a transaction."""
    sql = """
        SELECT pg_advisory_xact_lock(hashtextextended('bellwether introduction_event', 0));
        INSERT INTO introduction_event (introduction, step, investor, firm, action, state, side, by, note)
          SELECT last.sequence + n, 0, 'I-watched', 'F-watched', 'accept', 'mutual', 'investor', 'token:watched',
            CASE WHEN n %% 4 = 0 THEN 'we would like to hear more of this' END
          FROM (SELECT coalesce(max(sequence), 0) AS sequence FROM introduction_event) AS last, generate_series(1, %d) AS n;
        NOTIFY bellwether_introduction;
        """
    script = "".join(f"BEGIN;{sql % min(batch, count - start)}COMMIT;\n" for start in range(0, count, batch))
    psql(state, "bellwether", "-o", "/dev/null", input=script)


def newest(state):
    return int(psql(state, "bellwether", "-c", "SELECT coalesce(max(sequence), 0) FROM introduction_event"))


class Reader:
    """A connection that watches and counts."""

    def __init__(self, daemon, since):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(300)
        self.socket.connect(daemon.socket)
        while b"\n" not in self.socket.recv(65536):
            pass
        self.socket.sendall(b"WATCH since=%d\n" % since)
        self.events, self.octets, self.rest = 0, 0, b""

    def read(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise OSError(f"the watch ended: {self.rest}")
        self.octets += len(data)
        data = self.rest + data
        end = data.rfind(b"\n") + 1
        self.events += data.count(b'650-{"seq":', 0, end)
        self.rest = data[end:]


def from_the_start(daemon, state, count=500_000):
    """Events a second to one reader that has none of them yet."""
    if newest(state) < count:
        write(state, count, 50_000)
    psql(state, "bellwether", "-c", "VACUUM ANALYZE introduction_event")
    count = int(psql(state, "bellwether", "-c", "SELECT count(*) FROM introduction_event"))
    started = time.monotonic()
    reader = Reader(daemon, 0)
    while reader.events < count:
        reader.read()
    rate = count / (time.monotonic() - started)
    reader.socket.close()
    say(f"  from the start: {count} events, {reader.octets >> 20} MiB, {rate:.0f}/s")
    return rate


def live(daemon, state, count=200_000, batch=1_000):
    """Events a second to one reader while they are written."""
    reader = Reader(daemon, newest(state))
    with concurrent.futures.ThreadPoolExecutor() as pool:
        started = time.monotonic()
        writing = pool.submit(write, state, count, batch)
        while reader.events < count:
            reader.read()
        rate = count / (time.monotonic() - started)
        writing.result()
    reader.socket.close()
    say(f"  live: {count} events in transactions of {batch}, {rate:.0f}/s")
    return rate


def memory(daemon, state, readers=READERS, count=10_000, batch=20):
    """MiB that readers who keep up take at most, above what the daemon holds without them."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (readers + 200, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    since = newest(state)
    before = daemon.memory("VmRSS")
    daemon.forget_peak()
    watching = [Reader(daemon, since) for _ in range(readers)]
    idle = daemon.memory("VmRSS")
    with selectors.DefaultSelector() as selector, concurrent.futures.ThreadPoolExecutor() as pool:
        for reader in watching:
            selector.register(reader.socket, selectors.EVENT_READ, reader)
        started = time.monotonic()
        writing = pool.submit(write, state, count, batch)
        left = readers
        while left:
            for key, _ in selector.select(300):
                key.data.read()
                if key.data.events == count:
                    left -= 1
        seconds = time.monotonic() - started
        writing.result()
    used = daemon.memory("VmHWM") - before
    say(f"  {readers} readers of {count} events in {seconds:.1f} s: {idle - before:.1f} MiB idle, {used:.1f} MiB at most,"
        f" above {before:.1f}")
    for reader in watching:
        reader.socket.close()
    return used
