"""The metrics' own port: what every worker counted, and what is looked up when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from scoring.errors import LushiError
from serving.telemetry.metrics import REGISTRY

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable by which the workers find the folder of their numbers."""


class PortTaken(LushiError):
    """The metrics cannot be served where they are set to."""


class _OwnCounts(Collector):
    """This process's own metrics, seen from another registry."""

    def collect(self) -> Iterable[Metric]:
        return REGISTRY.collect()


def exposition(folder: str | None, looked_up: Sequence[Collector]) -> CollectorRegistry:
    """Everything that the port shows. folder: of the workers' numbers, None where this process answers calls itself."""
    registry = CollectorRegistry()
    if folder is None:
        registry.register(_OwnCounts())
    else:
        MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    ProcessCollector(registry=registry)
    for one in looked_up:
        registry.register(one)
    return registry


def serve_metrics(host: str, port: int, registry: CollectorRegistry) -> Callable[[], None]:
    """Answer Prometheus on a port until the function that is returned is called.

    Raises:
        PortTaken: where the port cannot be listened on.
    """
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError:
        raise PortTaken(
            f"the metrics cannot be served on {host}:{port}; set LUSHI_METRICS_PORT to a free port, or to 0 for none"
        ) from None

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return close


def forget(pid: int, folder: str) -> None:
    """Take a worker that has ended out of the numbers that only live workers have."""
    mark_process_dead(pid, path=folder)  # type: ignore[no-untyped-call]
