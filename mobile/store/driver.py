"""The one module that knows which SQLite driver there is.

The desktop has `sqlcipher3`; an Android build has SQLCipher in the place of the library under the standard
`sqlite3`. Both take `PRAGMA key`. A driver without encryption is refused: no health record is ever written
in clear.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mobile.store.packing import unpack
from shared.faults import Refused, fault

try:
    from sqlcipher3 import dbapi2 as sqlite
except ImportError:  # Android
    import sqlite3 as sqlite

#: A connection, a row and the errors of whichever driver is used.
Connection = Any
DatabaseError = sqlite.DatabaseError
OperationalError = sqlite.OperationalError
IntegrityError = sqlite.IntegrityError

# `payload` is declared PACKED: whoever reads that column gets the entry's bytes.
sqlite.register_converter("PACKED", unpack)

#: How long a writer waits for another thread's transaction, in milliseconds.
BUSY_MS = 15_000


def open_database(path: Path, key: bytes) -> Connection:
    """A connection to the encrypted file, made when missing. `key` is 32 raw bytes.

    Autocommit: transactions are begun and ended by the caller. Raises Refused: phone.wrong_key when the key
    does not open this file, phone.no_encryption when the driver cannot encrypt.
    """
    if len(key) != 32:
        raise Refused(fault("phone.wrong_key"))
    connection = sqlite.connect(
        str(path),
        timeout=BUSY_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
        detect_types=sqlite.PARSE_DECLTYPES,
    )
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        if connection.execute("PRAGMA cipher_version").fetchone() is None:
            raise Refused(fault("phone.no_encryption"))
        _check_key(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.row_factory = sqlite.Row
    except BaseException:
        connection.close()
        raise
    return connection


def disk_is_full(error: BaseException) -> bool:
    """Whether a driver's error says that the storage is full (L19)."""
    return isinstance(error, sqlite.OperationalError) and "full" in str(error)


def _check_key(connection: Connection) -> None:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite.DatabaseError as error:
        if "not a database" not in str(error):
            raise
        raise Refused(fault("phone.wrong_key")) from error
