"""How ID numbers are kept: known answers, what opens, and what does not."""

from __future__ import annotations

import hashlib
import hmac
import logging

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from feature_store.id_cipher import IdKey, IdNumberUnreadable, Sealed

GOOD = "411299198001010013"
HOME, OTHER = "411299101201-0001", "411299101201-0002"
KEY = IdKey(b"k" * 32)


def test_aes_256_gcm_gives_the_known_answer_of_its_specification() -> None:
    """Test case 16 of McGrew and Viega, The Galois/Counter Mode of Operation (GCM), appendix B."""
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )
    assert AESGCM(key).encrypt(nonce, plain, bound).hex() == sealed


def _hkdf(secret: bytes, *use: bytes) -> bytes:
    """RFC 5869 for one block, written out."""
    info = b"".join(len(it).to_bytes(2, "big") + it for it in use)
    extracted = hmac.digest(b"lushi-credit/id-numbers", secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def test_what_is_stored_is_what_the_description_says() -> None:
    sealed = KEY.seal(" 41129919800101001３", HOME)
    bound = b"id-number\0" + hashlib.sha256(KEY.secret).hexdigest()[:8].encode() + b"\0" + HOME.encode()
    assert AESGCM(_hkdf(KEY.secret, b"seal")).decrypt(sealed.nonce, sealed.ciphertext, bound) == GOOD.encode()
    expected = hmac.digest(_hkdf(KEY.secret, b"index", b"bank-a", b"search"), GOOD.encode(), "sha256")
    assert KEY.fingerprint(GOOD, tenant="bank-a", purpose="search") == expected
    assert KEY.fingerprint_of_before(GOOD) == hmac.digest(KEY.secret, GOOD.encode(), "sha256")


def test_the_same_number_never_looks_the_same_and_opens_for_its_household() -> None:
    sealed = [KEY.seal(GOOD, HOME) for _ in range(50)]
    assert len({it.nonce for it in sealed} | {it.ciphertext for it in sealed}) == 100
    assert {KEY.unseal(it, HOME) for it in sealed} == {GOOD}


def test_no_two_indexes_can_be_compared() -> None:
    made = {
        key.fingerprint(GOOD, tenant=tenant, purpose=purpose)
        for key in (KEY, IdKey(b"l" * 32))
        for tenant, purpose in (
            ("a", "search"),
            ("b", "search"),
            ("a", "registration"),
            ("as", "earch"),
            ("", "asearch"),
        )
    }
    assert len(made) == 10
    assert KEY.fingerprint(" 11010519491231002Ｘ", tenant="a", purpose="b") == KEY.fingerprint(
        "11010519491231002x", tenant="a", purpose="b"
    )


def test_a_number_moved_to_another_household_does_not_open(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.DEBUG, "lushi"),
        pytest.raises(IdNumberUnreadable, match="another household's") as found,
    ):
        KEY.unseal(KEY.seal(GOOD, HOME), OTHER)
    assert OTHER in caplog.text
    assert GOOD not in caplog.text + str(found.value)


@given(st.integers(0, 12 + 18 + 16 - 1), st.integers(1, 255))
def test_a_changed_byte_is_always_noticed(place: int, change: int) -> None:
    sealed = KEY.seal(GOOD, HOME)
    whole = bytearray(sealed.nonce + sealed.ciphertext)
    whole[place] ^= change
    with pytest.raises(IdNumberUnreadable, match="was changed"):
        KEY.unseal(Sealed(sealed.key_id, bytes(whole[:12]), bytes(whole[12:])), HOME)


@pytest.mark.parametrize("ciphertext", [b"", b"x" * 5])
def test_a_cut_off_number_is_unreadable_and_no_crash(ciphertext: bytes) -> None:
    sealed = KEY.seal(GOOD, HOME)
    with pytest.raises(IdNumberUnreadable):
        KEY.unseal(Sealed(sealed.key_id, sealed.nonce, ciphertext), HOME)
    with pytest.raises(IdNumberUnreadable):
        KEY.unseal(Sealed(sealed.key_id, b"", sealed.ciphertext), HOME)


def test_while_keys_change_both_open_and_afterwards_only_the_new_one() -> None:
    new = IdKey(b"n" * 32, before=KEY)
    old = KEY.seal(GOOD, HOME)
    assert new.unseal(old, HOME) == new.unseal(new.seal(GOOD, HOME), HOME) == GOOD
    with pytest.raises(IdNumberUnreadable, match=f"under the key {KEY.key_id}, which is not at hand"):
        IdKey(b"n" * 32).unseal(old, HOME)
    named_new = Sealed(new.key_id, old.nonce, old.ciphertext)
    with pytest.raises(IdNumberUnreadable):
        new.unseal(named_new, HOME)


def test_a_key_is_never_shown() -> None:
    shown = repr(IdKey(b"n" * 32, before=KEY))
    assert "nnn" not in shown
    assert "kkk" not in shown
    with pytest.raises(ValueError, match="32 bytes"):
        IdKey(b"short")
