"""The second wrap on Android: an AES key made inside the Android Keystore, which never leaves the phone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jnius import JavaException, autoclass

from mobile.platform.keys import KeystoreError

STORE, ALIAS = "AndroidKeyStore", "tungnha.device"
CIPHER = "AES/GCM/NoPadding"
#: Bytes of GCM's nonce, and bits of its tag.
NONCE, TAG_BITS = 12, 128
ENCRYPT, DECRYPT = 1, 2  # of Cipher, and of KeyProperties' purposes alike


class AndroidKeystore:
    """See mobile.platform.keys.Keystore. What is wrapped reads nonce (12), then what is encrypted with its tag (16)."""

    def wrap(self, secret: bytes) -> bytes:
        """See Keystore. Makes the key at first use."""
        cipher = autoclass("javax.crypto.Cipher").getInstance(CIPHER)
        cipher.init(ENCRYPT, _key() or _make())
        # The phone chooses the nonce: its keystore refuses one from outside.
        sealed = _bytes(cipher.doFinal(secret))
        return _bytes(cipher.getIV()) + sealed

    def unwrap(self, wrapped: bytes) -> bytes:
        """See Keystore."""
        key = _key()
        if key is None:
            raise KeystoreError("this phone made no key")
        nonce = autoclass("javax.crypto.spec.GCMParameterSpec")(TAG_BITS, wrapped[:NONCE])
        cipher = autoclass("javax.crypto.Cipher").getInstance(CIPHER)
        try:
            cipher.init(DECRYPT, key, nonce)
            return _bytes(cipher.doFinal(wrapped[NONCE:]))
        except JavaException as error:
            raise KeystoreError("the phone's key is not the one that wrapped") from error


def _key() -> Any | None:
    store = autoclass("java.security.KeyStore").getInstance(STORE)
    store.load(None)
    return store.getKey(ALIAS, None)


def _make() -> Any:
    asked = (
        autoclass("android.security.keystore.KeyGenParameterSpec$Builder")(ALIAS, ENCRYPT | DECRYPT)
        .setBlockModes("GCM")
        .setEncryptionPaddings("NoPadding")
        .setKeySize(256)
        .build()
    )
    maker = autoclass("javax.crypto.KeyGenerator").getInstance("AES", STORE)
    maker.init(asked)
    return maker.generateKey()


def _bytes(java: Iterable[int]) -> bytes:
    # Java's bytes are signed.
    return bytes(value & 0xFF for value in java)
