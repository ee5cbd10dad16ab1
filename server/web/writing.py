"""Records written from pages: one transaction, in the reader's name, tried again when a person moved meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from server.accounts.session import reader
from server.database import db
from server.ledger.author import ServerAuthor
from server.ledger.deliver import HomeMoved
from server.settings import current_settings
from server.sync.projectors import PROJECTORS
from server.sync.push import TRIES, may_try_again
from shared.faults import Refused, fault

T = TypeVar("T")


def write(work: Callable[[ServerAuthor], T]) -> T:
    """Do `work` with an author, send what it wrote and commit; what `work` returned.

    Raises Refused with the gate's faults (nothing is stored then), or `server.busy`.
    """
    for _ in range(TRIES):
        author = ServerAuthor(db.session.connection(), reader(), current_settings().clock, PROJECTORS)
        try:
            done = work(author)
            author.flush()
            db.session.commit()
        except HomeMoved:
            db.session.rollback()
        except OperationalError as error:
            db.session.rollback()
            if not may_try_again(error):
                raise
        except BaseException:
            db.session.rollback()
            raise
        else:
            return done
    raise Refused(fault("server.busy"))
