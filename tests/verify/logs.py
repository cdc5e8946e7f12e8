"""A log in memory for the checker's tests: honest unless told otherwise."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scoring.canonical import canonical
from serving.ledger import tree
from serving.ledger.checkpoint import Signer

SIGNER = Signer("lushi.test/log", Ed25519PrivateKey.from_private_bytes(b"k" * 32))


@dataclass
class Log:
    """Entries with their answers, and the proofs over them."""

    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)

    def node(self, level: int, position: int) -> bytes:
        """A kept node."""
        return self.nodes[level, position]

    def append(self, content: dict[str, Any]) -> dict[str, Any]:
        """Record a decision; the answer with its receipt."""
        index = len(self.answers)
        salt = hashlib.sha256(b"salt%d" % index).digest()
        commitment = hmac.new(salt, canonical(content), hashlib.sha256).hexdigest()
        body = canonical({"commitment": commitment, "kind": "decision"})
        self.nodes |= tree.completed(index, tree.leaf_hash(body), self.node)
        receipt = {"log_index": index, "log_entry": body.decode(), "salt": base64.b64encode(salt).decode()}
        self.answers.append({**content, "receipt": receipt})
        return self.answers[-1]

    def root(self, size: int) -> bytes:
        """The root over the first entries."""
        return tree.root(size, self.node)

    def checkpoint(self, size: int) -> str:
        """The signed checkpoint of that size."""
        return SIGNER.sign(size, self.root(size))

    def inclusion(self, index: int, size: int) -> dict[str, Any]:
        """The inclusion proof as the service gives it."""
        path = tree.inclusion(index, size, self.node)
        return {"index": index, "size": size, "path": coded(path), "checkpoint": self.checkpoint(size)}

    def consistency(self, first: int, second: int) -> dict[str, Any]:
        """The consistency proof as the service gives it."""
        return {"first": first, "second": second, "path": coded(tree.consistency(first, second, self.node))}


def coded(path: list[bytes]) -> list[str]:
    """Hashes as base64."""
    return [base64.b64encode(step).decode() for step in path]


def log_of(entries: int, *, word: str = "grade") -> Log:
    """A log with so many decisions."""
    log = Log()
    for number in range(entries):
        log.append({"decision_id": f"d-{number}", "binding": {word: "AA"}, "advisory": None})
    return log
