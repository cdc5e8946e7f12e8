"""Servers measured, each as a process of its own with one worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load_county import LoadCounty
from benchmarks.peers import pyfunc

_START_SECONDS = 120


@contextmanager
def ours(county: LoadCounty) -> Iterator[int]:
    """``lushi serve`` on the county and its embedded PostgreSQL; gives its port."""
    port = _free_port()
    with _running([sys.executable, "-m", "lushi", "serve"], county.settings | {"LUSHI_PORT": str(port)}, port):
        yield port


@contextmanager
def mlflow(county: LoadCounty, *, signature: bool) -> Iterator[int]:
    """``mlflow models serve`` of the county's model with contributions; gives its port."""
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="lushi-pyfunc-") as name:
        folder = Path(name) / "model"
        pyfunc.save(county.model, folder, signature=signature)
        binaries = Path(sys.executable).parent
        command = [str(binaries / "mlflow"), "models", "serve", "-m", str(folder), "-p", str(port)]
        command += ["--env-manager", "local", "--workers", "1"]
        settings = county.settings | {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "PATH": f"{binaries}:{os.environ.get('PATH', '')}",
        }
        with _running(command, {k: v for k, v in settings.items() if not k.startswith("LUSHI_")}, port):
            yield port


@contextmanager
def bare(county: LoadCounty) -> Iterator[int]:
    """The bare endpoint on the county's model; gives its port."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.peers.bare:app", "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning", "--workers", "1"]
    with _running(command, {**os.environ, "LUSHI_BENCH_MODEL": str(county.model)}, port):
        yield port


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str], port: int) -> Iterator[None]:
    """A server that listens, in a process group of its own so that whatever it started ends with it."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env=environment, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _wait(process, command[1:4], port)
            yield
        except RuntimeError as error:
            said.seek(0)
            raise RuntimeError(f"{error}: {said.read()[-2000:].decode(errors='replace')}") from None
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], what: Sequence[str], port: int) -> None:
    for _ in range(_START_SECONDS * 10):
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{what} does not listen after {_START_SECONDS} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
