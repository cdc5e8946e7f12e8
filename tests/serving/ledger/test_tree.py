"""The tree against the reference vectors of Certificate Transparency, and against the definition in RFC 9162."""

from __future__ import annotations

import hashlib

import pytest
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion  # type: ignore[import-untyped]

from serving.ledger import tree

LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def _kept(bodies: list[bytes]) -> dict[tree.Name, bytes]:
    nodes: dict[tree.Name, bytes] = {}
    for index, body in enumerate(bodies):
        nodes.update(tree.completed(index, tree.leaf_hash(body), lambda *name: nodes[name]))
    return nodes


def _defined(bodies: list[bytes]) -> bytes:
    """MTH as the RFC defines it, by recursion over the entries."""
    if not bodies:
        return hashlib.sha256(b"").digest()
    if len(bodies) == 1:
        return hashlib.sha256(b"\x00" + bodies[0]).digest()
    half = 1
    while half * 2 < len(bodies):
        half *= 2
    return hashlib.sha256(b"\x01" + _defined(bodies[:half]) + _defined(bodies[half:])).digest()


def test_the_reference_vectors() -> None:
    nodes = _kept([bytes.fromhex(leaf) for leaf in LEAVES])
    assert [tree.root(size, lambda *name: nodes[name]).hex() for size in range(9)] == list(ROOTS)


def test_every_root_up_to_130_is_as_defined() -> None:
    bodies = [b"%d" % number for number in range(130)]
    nodes = _kept(bodies)
    for size in range(131):
        assert tree.root(size, lambda *name: nodes[name]) == _defined(bodies[:size])


def test_only_whole_nodes_are_kept_and_their_names_can_be_had_beforehand() -> None:
    nodes = _kept([b"%d" % number for number in range(77)])
    assert len(nodes) == sum(77 >> level for level in range(7))
    for index, size in ((0, 77), (76, 77), (40, 64)):
        asked = tree.names(lambda node, index=index, size=size: tree.inclusion(index, size, node))
        assert set(asked) <= nodes.keys()
        assert len(asked) < 20


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_what_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no entry"):
        tree.inclusion(index, size, lambda *_: b"")
    with pytest.raises(ValueError, match="does not extend"):
        tree.consistency(size + 1, size, lambda *_: b"")


def test_another_implementation_agrees_on_roots_and_proofs() -> None:
    bodies = [b"entry %d" % number for number in range(40)]
    theirs, nodes = InmemoryTree(algorithm="sha256"), _kept(bodies)
    for body in bodies:
        theirs.append_entry(body)
    roots = {size: tree.root(size, lambda *name: nodes[name]) for size in range(1, 41)}
    assert all(theirs.get_root(size) == root for size, root in roots.items())
    for size in range(1, 41):
        for index in range(size):
            proof = theirs.prove_inclusion(index + 1, size)  # it counts from one
            verify_inclusion(nodes[0, index], roots[size], proof)
            mine = tree.inclusion(index, size, lambda *name: nodes[name])
            assert sorted(proof.path) == sorted([nodes[0, index], *mine])
        for first in range(1, size + 1):
            verify_consistency(roots[first], roots[size], theirs.prove_consistency(first, size))
