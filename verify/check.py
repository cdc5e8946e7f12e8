"""Checks, offline and without the service's code, that a decision stands in the log and that the log was only extended.

Needs Python 3.11 or newer and `cryptography`. Keep every checkpoint: what you kept makes a rewritten log show.

    python check.py ANSWER.json --key VKEY --proof PROOF.json [--kept CHECKPOINT.txt --extends CONSISTENCY.json]

ANSWER.json       the answer to a decision, as it was received
--key             the log's public key, name+id+base64, received on another way than the answer
--proof           GET /v1/log/inclusion for the receipt's log_index
--kept            a checkpoint that you kept from earlier
--extends         GET /v1/log/consistency from the kept checkpoint's size to the proof's
Exit code 0       everything holds; 1: something does not; 2: wrong use
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MOST_BYTES = 4_000_000


class Broken(Exception):
    """A proof that does not hold, or a file that is none; the message says which and why."""


@dataclass(frozen=True)
class Checkpoint:
    """What the log signed: its name, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes


def leaf_hash(body: bytes) -> bytes:
    """RFC 9162: the hash of an entry."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162: the hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def included(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    """RFC 9162, 2.1.3.2: the leaf is the log's entry ``index``."""
    if not 0 <= index < size:
        raise Broken(f"the proof is for entry {index}, which a log of {size} entries does not have")
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise Broken("the inclusion proof is longer than the log allows")
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    if last:
        raise Broken("the inclusion proof is shorter than the log demands")
    if found != root:
        raise Broken("the entry is not in the log that the checkpoint signed")


def extends(first: int, first_root: bytes, second: int, second_root: bytes, path: list[bytes]) -> None:
    """RFC 9162, 2.1.4.2: the log of ``second`` entries begins with the log of ``first``."""
    if first > second:
        raise Broken(f"the log went back: you kept {first} entries, it now shows {second}")
    if first == second or first == 0:
        if path:
            raise Broken("a consistency proof for nothing must be empty")
        if first == second and first_root != second_root:
            raise Broken("two checkpoints of one size have different roots: the log was forked")
        return
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    if not steps:
        raise Broken("the consistency proof is empty")
    if _roots(first - 1, second - 1, steps) != (first_root, second_root):
        raise Broken("the log does not extend the one that you kept: it was rewritten or forked")


def _roots(at: int, last: int, steps: list[bytes]) -> tuple[bytes, bytes]:
    """The roots of both logs, as the steps give them."""
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise Broken("the consistency proof is longer than the log allows")
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    if last:
        raise Broken("the consistency proof is shorter than the log demands")
    return old, new


def read_checkpoint(text: str, key: str) -> Checkpoint:
    """A checkpoint in signed-note form, its signature checked against the key."""
    name, _, rest = key.strip().partition("+")
    key_id, _, coded = rest.partition("+")
    public = _base64(coded, "the key")
    if len(public) != 33 or public[0] != 1:
        raise Broken("the key is not an Ed25519 key in the form name+id+base64")
    if hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8] != key_id:
        raise Broken("the key's id does not belong to its name and bytes")
    body, found, signatures = text.partition("\n\n")
    if not found:
        raise Broken("the checkpoint has no signature")
    body += "\n"
    for line in signatures.splitlines():
        dash, _, signed = line.partition(f" {name} ")
        signature = _base64(signed, "the signature") if dash == "\u2014" and signed else b""
        if len(signature) == 68 and signature[:4].hex() == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], body.encode())
            except InvalidSignature:
                raise Broken("the checkpoint's signature is not the log's") from None
            return _checkpoint(body, name)
    raise Broken(f"the checkpoint bears no signature of {name}")


def _checkpoint(body: str, name: str) -> Checkpoint:
    lines = body.splitlines()
    if len(lines) < 3 or lines[0] != name:
        raise Broken("the checkpoint is of another log")
    if not (lines[1].isascii() and lines[1].isdigit() and len(lines[1]) <= 18 and str(int(lines[1])) == lines[1]):
        raise Broken("the checkpoint's size is not a number")
    root = _base64(lines[2], "the root")
    if len(root) != 32:
        raise Broken("the checkpoint's root is not a SHA-256 hash")
    return Checkpoint(lines[0], int(lines[1]), root)


def leaf_of(answer: Any) -> tuple[int, bytes]:
    """Index and entry of an answer, after checking that the entry commits to everything that the answer says."""
    receipt = answer.get("receipt") if isinstance(answer, dict) else None
    if not isinstance(receipt, dict) or not isinstance(receipt.get("log_index"), int):
        raise Broken("the answer has no receipt with a place in the log")
    body, salt = str(receipt.get("log_entry", "")).encode(), _base64(str(receipt.get("salt", "")), "the salt")
    content = canonical({name: value for name, value in answer.items() if name not in ("receipt", "afterwards")})
    said = _json(body, "the receipt's log entry")
    if len(salt) != 32 or not isinstance(said, dict):
        raise Broken("the receipt has no salt of 32 bytes, or no log entry")
    if said.get("commitment") != hmac.new(salt, content, hashlib.sha256).hexdigest():
        raise Broken("the log entry does not commit to this answer: the answer, or its receipt, was altered")
    return receipt["log_index"], body


def canonical(value: Any) -> bytes:
    """The way in which the service writes a value as bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check(answer: Any, proof: Any, key: str, kept: str | None = None, extension: Any = None) -> list[str]:
    """Check everything that is given; what was shown, in words. Raises :class:`Broken`."""
    index, body = leaf_of(answer)
    now = read_checkpoint(str(_of(proof, "checkpoint", str)), key)
    if (_of(proof, "index", int), _of(proof, "size", int)) != (index, now.size):
        raise Broken("the proof is for another entry or another size than the receipt and the checkpoint name")
    included(leaf_hash(body), index, now.size, _path(proof), now.root)
    shown = [f"the answer is entry {index} of {now.origin}, which signed {now.size} entries"]
    if kept is not None:
        before = read_checkpoint(kept, key)  # of the same log, for the key names it
        if 0 < before.size < now.size and extension is None:
            raise Broken("a consistency proof from the kept checkpoint is needed (--extends)")
        sizes = (before.size, now.size)
        if extension is not None and (_of(extension, "first", int), _of(extension, "second", int)) != sizes:
            raise Broken("the consistency proof is between other sizes than the two checkpoints")
        extends(before.size, before.root, now.size, now.root, _path(extension) if extension is not None else [])
        shown.append(f"the log of {now.size} entries extends the one of {before.size} that you kept")
    return shown


def _path(proof: Any) -> list[bytes]:
    steps = _of(proof, "path", list)
    found = [_base64(str(step), "a step of the proof") for step in steps]
    if len(found) > 64 or any(len(step) != 32 for step in found):
        raise Broken("the proof's path is not a list of at most 64 SHA-256 hashes")
    return found


def _of(proof: Any, name: str, kind: type) -> Any:
    value = proof.get(name) if isinstance(proof, dict) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Broken(f"the proof has no usable '{name}'")
    return value


def _base64(coded: str, what: str) -> bytes:
    decoded = b""
    with suppress(ValueError):
        decoded = base64.b64decode(coded, validate=True)
    if base64.b64encode(decoded).decode() != coded:  # one way of writing it only
        raise Broken(f"{what} is not base64")
    return decoded


def _json(content: bytes, what: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Broken(f"{what} is not JSON") from None


def _file(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise Broken(f"{path.name} is too large to be what it should be")
    return path.read_bytes()


def main(words: list[str] | None = None) -> int:
    """Run the checks named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--key", required=True)
    parser.add_argument("--proof", type=Path, required=True)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--extends", type=Path)
    asked = parser.parse_args(words)
    try:
        extension = _json(_file(asked.extends), asked.extends.name) if asked.extends else None
        kept = _file(asked.kept).decode() if asked.kept else None
        answer, proof = (_json(_file(path), path.name) for path in (asked.answer, asked.proof))
        sys.stdout.write("".join(f"holds: {line}\n" for line in check(answer, proof, asked.key, kept, extension)))
    except (Broken, OSError, UnicodeError) as error:
        sys.stderr.write(f"DOES NOT HOLD: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
