"""The Merkle tree of RFC 9162, section 2.1: roots, inclusion proofs and consistency proofs of an append-only log.

A node is named by (level, position): the hash over the 2**level leaves from position * 2**level on. Only nodes
whose leaves are all there are kept; what lies at the right edge is folded when it is needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

Name = tuple[int, int]
Node = Callable[[int, int], bytes]
"""Gives a kept node by level and position."""
EMPTY = hashlib.sha256(b"").digest()
"""Root of a log without entries."""


def leaf_hash(body: bytes) -> bytes:
    """The hash of one entry's bytes."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed(index: int, leaf: bytes, node: Node) -> dict[Name, bytes]:
    """The nodes that are whole once the leaf at ``index`` is appended: the leaf itself, and what it completes."""
    found, level, here = {(0, index): leaf}, 0, leaf
    while index >> level & 1:
        here = node_hash(node(level, (index >> level) - 1), here)
        level += 1
        found[level, index >> level] = here
    return found


def root(size: int, node: Node) -> bytes:
    """The root over the first ``size`` leaves."""
    return _over(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that the leaf at ``index`` is in the log of ``size`` leaves, from the leaf upwards.

    Raises:
        ValueError: where the log of that size has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a log of {size} entries has no entry {index}")
    return _inclusion(index, 0, size, node)


def consistency(first: int, second: int, node: Node) -> list[bytes]:
    """The proof that the log of ``second`` leaves extends the log of ``first``; empty for equal sizes and for none.

    Raises:
        ValueError: where the first is longer than the second.
    """
    if not 0 <= first <= second:
        raise ValueError(f"a log of {second} entries does not extend one of {first}")
    return _consistency(first, 0, second, node, whole=True) if 0 < first < second else []


def names(read: Callable[[Node], object]) -> list[Name]:
    """The kept nodes that ``read`` would ask for, so that they can be fetched at once."""
    asked: list[Name] = []

    def note(level: int, position: int) -> bytes:
        asked.append((level, position))
        return b""

    read(note)
    return asked


def _over(start: int, end: int, node: Node) -> bytes:
    """The hash over leaves [start, end); start is a multiple of the greatest power of two below the length."""
    length = end - start
    if length & (length - 1) == 0:
        level = length.bit_length() - 1
        return node(level, start >> level)
    middle = start + _half(length)
    return node_hash(_over(start, middle, node), _over(middle, end, node))


def _inclusion(index: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _half(end - start)
    if index < middle:
        return [*_inclusion(index, start, middle, node), _over(middle, end, node)]
    return [*_inclusion(index, middle, end, node), _over(start, middle, node)]


def _consistency(first: int, start: int, end: int, node: Node, *, whole: bool) -> list[bytes]:
    """``whole``: the part up to ``first`` is a tree that the holder of the first root knows already."""
    if first == end:
        return [] if whole else [_over(start, end, node)]
    middle = start + _half(end - start)
    if first <= middle:
        return [*_consistency(first, start, middle, node, whole=whole), _over(middle, end, node)]
    return [*_consistency(first, middle, end, node, whole=False), _over(start, middle, node)]


def _half(length: int) -> int:
    """The greatest power of two below ``length``."""
    return 1 << ((length - 1).bit_length() - 1)
