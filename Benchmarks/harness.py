"""What the benchmarks share: the programs of a release build, a daemon on a private cluster, and psql."""
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
STARTED = time.monotonic()
NOUNS = ["institute", "project", "firm", "investor", "holding", "round", "rate"]


def say(text):
    """Tells of progress, with the seconds since the program began."""
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", file=sys.stderr, flush=True)


def run(*words, **options):
    """What a command prints; ends this program with what it had to say where the command fails."""
    result = subprocess.run(words, text=True, capture_output=True, **options)
    if result.returncode != 0:
        said = (result.stderr or result.stdout)[-2000:]
        sys.exit(f"{pathlib.Path(words[0]).name} ended with {result.returncode}: {said}")
    return result.stdout


def programs():
    """The folder of the release build's programs; BENCH_PROGRAMS names one that is built already."""
    if built := os.environ.get("BENCH_PROGRAMS"):
        return built
    run(str(ROOT / "deploy/install"))
    say("Building …")
    run("swift", "build", "-c", "release", cwd=ROOT)
    return run("swift", "build", "-c", "release", "--show-bin-path", cwd=ROOT).strip()


def state_directory():
    """A temporary folder with a path short enough for a socket, which the cluster's own user can enter."""
    state = tempfile.mkdtemp(prefix="bwb-", dir="/tmp")
    os.chmod(state, 0o755)
    return state


def generator(firms, investors, folder):
    return [
        sys.executable, str(ROOT / "examples/generate.py"), "--seed", "7", "--firms", str(firms),
        "--investors", str(investors), "--out", folder]


def generate(firms, investors, folder):
    run(*generator(firms, investors, folder))


def machine():
    return f"{os.cpu_count()} cores; {run('uname', '-srm').strip()}"


class Daemon:
    """A daemon on a state directory of its own, or on a database of another's cluster."""

    def __init__(self, programs, state, *extra):
        self.programs, self.state, self.extra = programs, state, extra
        self.socket = f"{state}/bellwether.sock"
        self.process = None

    def start(self):
        log = open(f"{self.state}/daemon.log", "a")
        command = [
            f"{self.programs}/bellwetherd", "serve", "--state-dir", self.state, "--listen-tcp", "off", *self.extra]
        self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            try:
                return self.ask("PING")
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"the daemon did not start: {open(f'{self.state}/daemon.log').read()[-2000:]}")
                time.sleep(0.002)
        sys.exit("the daemon did not answer within two minutes")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def ask(self, line):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(300)
            connection.connect(self.socket)
            connection.sendall((line + "\n").encode())
            connection.shutdown(socket.SHUT_WR)
            data = b""
            while chunk := connection.recv(65536):
                data += chunk
        lines = data.decode().splitlines()[1:]
        if not lines or not lines[-1].startswith("25"):
            raise OSError(f"{line}: {lines[-1:] or 'no reply'}")
        return lines

    def load(self, noun, folder):
        return run(f"{self.programs}/bellwether", "--connect", self.socket, "import", noun, f"{folder}/{noun}s.csv")

    def memory(self, name):
        """A figure of /proc/PID/status in MiB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", text).group(1)) / 1024

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")


def cluster_socket(state):
    """The folder of the socket of the cluster under a state directory."""
    return next(path.parent for path in pathlib.Path(state).rglob(".s.PGSQL.*") if path.suffix != ".lock")


def psql_command(state, database, role):
    binaries = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"))
    return [
        str(binaries[-1]), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(cluster_socket(state)),
        "-U", role, "-d", database]


def psql(state, database, *words, role="bellwether", **options):
    return run(*psql_command(state, database, role), *words, **options)


def psql_admin(state, sql):
    return psql(state, "postgres", "-c", sql, role="postgres")
