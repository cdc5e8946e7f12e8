"""Requests to every operation of the API, spoilt in many ways by a seeded draw."""

from __future__ import annotations

import copy
import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.serving.real_values import Real

MARK = "Zq9marker7f3a"
"""Stands in most of what is planted; no problem may repeat it."""
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Sent:
    """A request as it is sent: path and query as bytes, percent-encoded; data: what the body is made of."""

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    data: Any = None


Spoil = Callable[[random.Random, Sent], Sent]


def whole_requests(description: dict[str, Any], real: Real) -> list[Sent]:
    """A request to each operation that is whole, with values that exist."""
    found = []
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            where, query = path, []
            for parameter in operation.get("parameters", ()):
                value = str(real.by_name.get(parameter["name"], ["x"])[0])
                if parameter["in"] == "path":
                    where = where.replace("{" + parameter["name"] + "}", value)
                elif parameter["in"] == "query" and parameter.get("required"):
                    query.append(f"{parameter['name']}={value}")
            data = _example(description, operation, real)
            body = json.dumps(data).encode() if data is not None else b""
            headers = [(b"content-type", b"application/json")] if data is not None else []
            found.append(Sent(method.upper(), where, "&".join(query), headers, body, data))
    return found


def _example(description: dict[str, Any], operation: dict[str, Any], real: Real) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    named = description["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
    example = copy.deepcopy(named.get("examples", [{}])[0])
    return {name: known[0] if (known := real.choices(name, example)) else it for name, it in example.items()}


def spoilt(draw: random.Random, sent: Sent) -> Sent:
    """The request spoilt in one to three ways."""
    ways = [*OF_HEADS, *OF_BODIES] if sent.data is not None else [*OF_HEADS, *OF_HEADS, _raw]
    for spoil in draw.sample(ways, draw.choice((1, 1, 1, 2, 2, 3))):
        sent = spoil(draw, sent)
    return sent


_ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, -(10**18), 1e308, [], {}, [[]], "", " ", MARK, MARK * 400, f"{MARK}\x00",
    "\ud800", "１２", "1e5", "NaN", "0x10", "-0", "2017-02-30", "9999-99-99", "../../etc/passwd", "' OR 1=1 --", "{{7*7}}",
    [MARK], {MARK: MARK}, {"a": {"b": [1, {"c": None}]}}, "\u202e" + MARK, "%00", "\n\r" + MARK,
]  # fmt: skip
_RAW = [
    b"", b" ", b"null", b"[]", b'"x"', b"1", b"{", b"}", b"{}{}", b"NaN", b"[" * 100_000, b'{"a":' * 200 + b"1" + b"}" * 200,
    b"\xff\xfe{}", "{}".encode("utf-16"), "{}".encode("utf-32"), b"\xef\xbb\xbf{}", b"{'a': 1}", b"<x/>", b"a=1&b=2",
    b'{"a": 1e999}', b'{"a": Infinity}', b'{"a": ' + b"9" * 5000 + b"}", b'{"\\ud800": 1}', b"\x00" * 50, MARK.encode() * 30_000,
]  # fmt: skip


def _value(draw: random.Random, sent: Sent) -> Sent:
    """Another value somewhere in the body."""
    data, places = copy.deepcopy(sent.data), []

    def walk(it: Any) -> None:
        for key in it if isinstance(it, dict) else range(len(it)) if isinstance(it, list) else ():
            places.append((it, key))
            walk(it[key])

    walk(data)
    if not places:
        return _raw(draw, sent)
    inside, key = draw.choice(places)
    inside[key] = draw.choice(_ODD)
    return _with(sent, data)


def _field(draw: random.Random, sent: Sent) -> Sent:
    """A field less, or one more."""
    data = copy.deepcopy(sent.data)
    if not isinstance(data, dict):
        return _raw(draw, sent)
    if data and draw.random() < 0.5:
        del data[draw.choice(sorted(data))]
    else:
        data[draw.choice([MARK, "", "\x00", "__proto__", "household_id ", "HOUSEHOLD_ID", "名"])] = draw.choice(_ODD)
    return _with(sent, data)


def _with(sent: Sent, data: Any) -> Sent:
    body = json.dumps(data, ensure_ascii=True, allow_nan=True).encode()
    return replace(sent, body=body, data=data)


def _raw(draw: random.Random, sent: Sent) -> Sent:
    """Bytes that are no such body at all."""
    return replace(sent, body=draw.choice(_RAW))


def _bytes(draw: random.Random, sent: Sent) -> Sent:
    """The body cut, doubled, or with bytes changed."""
    body = bytearray(sent.body or b"{}")
    how = draw.randrange(4)
    if how == 0:
        return replace(sent, body=bytes(body[: draw.randrange(len(body))]))
    if how == 1:
        return replace(sent, body=bytes(body) + draw.choice([bytes(body), b"\x00", b",", MARK.encode()]))
    if how == 2:
        return replace(
            sent, body=bytes(body).replace(b"{", b'{"' + MARK.encode() + b'": 1, "' + MARK.encode() + b'": 2, ', 1)
        )
    for _ in range(draw.randint(1, 5)):
        body[draw.randrange(len(body))] = draw.randrange(256)
    return replace(sent, body=bytes(body))


def _zipped(draw: random.Random, sent: Sent) -> Sent:
    """Packed, said or unsaid."""
    said: Headers = draw.choice([[], [(b"content-encoding", draw.choice([b"gzip", b"br", b"GZIP, gzip", b"x"]))]])
    return replace(sent, body=gzip.compress(sent.body), headers=[*sent.headers, *said])


def _type(draw: random.Random, sent: Sent) -> Sent:
    """Another content type, or none."""
    kinds = [
        b"text/plain", b"application/xml", b"application/json; charset=utf-16", b"multipart/form-data", b"", b"json",
        b"application/json, text/plain", b"application/json;" + MARK.encode(), b"application/x-www-form-urlencoded", b"\xff",
    ]  # fmt: skip
    kept = [it for it in sent.headers if it[0] != b"content-type"]
    return replace(sent, headers=draw.choice([kept, [*kept, (b"content-type", draw.choice(kinds))]]))


def _header(draw: random.Random, sent: Sent) -> Sent:
    """One or more odd headers."""
    mark = MARK.encode()
    more: list[Headers] = [
        [(b"idempotency-key", it)] for it in (b"", b" ", b"\xff", mark + b" " + mark, mark * 50, b"a" * 101, "键".encode())
    ]  # fmt: skip
    more += [
        [(b"idempotency-key", mark), (b"idempotency-key", mark)],
        [(b"content-type", b"application/json"), (b"content-type", b"text/plain")],
        [(b"content-length", it) for it in draw.sample([b"0", b"-1", b"x", b"99999999999", b"1", b"\xb2"], 1)],
        [(b"transfer-encoding", draw.choice([b"chunked", b"gzip, chunked", mark]))],
        [(b"x-" + str(number).encode(), mark) for number in range(draw.choice([3, 65, 300]))],
        [(b"x-long", mark * 2000)],
        [(b"host", mark), (b"host", b"x")],
        [(b"cookie", b"lushi_session=" + mark)],
        [(b"x-http-method-override", b"DELETE"), (b"x-forwarded-for", mark), (b"x-original-url", b"/livez")],
        [(b"accept", mark), (b"accept-encoding", b"gzip;q=" + mark), (b"expect", b"100-continue")],
        [(b"range", b"bytes=0-1"), (b"if-none-match", b"*"), (b"if-modified-since", mark)],
    ]
    return replace(sent, headers=[*sent.headers, *draw.choice(more)])


def _method(draw: random.Random, sent: Sent) -> Sent:
    """Another method."""
    odd = ["HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "GET", "POST", "post", "FOO", MARK, "QUERY"]
    return replace(sent, method=draw.choice(odd))


def _path(draw: random.Random, sent: Sent) -> Sent:
    """Another address."""
    parts = sent.path.split("/")
    parts[draw.randrange(1, len(parts))] = draw.choice(
        ["", ".", "..", "%2e%2e", "%00", "%", "%zz", "%ff", "%5c", "%E5%90%8D", MARK, MARK + "%0a", ";a=1", "x" * 3000, "{a}",
         "00000000-0000-0000-0000-000000000000", "0" * 40, "%2F", "~", "*"]
    )  # fmt: skip
    other = [
        sent.path + "/",
        "/" + sent.path,
        sent.path.upper(),
        sent.path + "%20",
        "/v1",
        "/",
        "//",
        "/v2" + sent.path,
    ]
    return replace(sent, path=draw.choice(["/".join(parts), "/".join(parts), draw.choice(other)]))


def _query(draw: random.Random, sent: Sent) -> Sent:
    """Another query."""
    odd = [
        MARK + "=1", "index=" + MARK, "index=1&index=2", "first=-1&second=0", "index=" + "9" * 400, "index=", "index=１".encode().hex(),
        "first=2&second=1", "%ff=1", "a=%", "a=%00" + MARK, "&&&", "=", "index=1.0", "index=0x1", "index=1e3", "q=" + "x" * 3000,
        "state=" + MARK, "state=open&state=all", "after=-2", "after=9007199254740993", "limit=0", "limit=101", "tenant=" + MARK,
        "household_id=..%2F" + MARK, "household_id=",
        "index[]=1", "index=%EF%BC%91", "index=1;index=2", "first=9007199254740993&second=9007199254740993",
    ]  # fmt: skip
    query = draw.choice(odd)
    return replace(sent, query=draw.choice([query, f"{sent.query}&{query}"]))


OF_HEADS: list[Spoil] = [_type, _header, _header, _method, _path, _path, _query, _query]
OF_BODIES: list[Spoil] = [_value, _value, _value, _value, _field, _field, _raw, _bytes, _bytes, _zipped]
