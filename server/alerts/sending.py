"""Mail handed to a mail server, one message a recipient, with what became of each.

A message is sent once: one whose answer was lost on the way back may have been taken, and is never sent again.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from types import TracebackType
from typing import Literal, Self

from server.mail_settings import MailSettings

#: sent; failed: not taken, may be tried again; refused: this address is not taken; sending: nobody knows.
State = Literal["sent", "failed", "refused", "sending"]


class MailDown(Exception):
    """The mail server cannot be reached, or does not let us in. `str()` says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message, with the mail server's answer."""

    state: State
    answer: str


class Post:
    """A connection to the mail server: open for the length of a `with`, opened again when it was lost.

    Entering raises MailDown; so does `send` when the connection cannot be opened again.
    """

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        self._server = self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, message: EmailMessage) -> Outcome:
        """Hand over a message to the one address under its “To”."""
        server = self._server or self._open()
        self._server = server
        recipient = parseaddr(str(message["To"]))[1]
        try:
            code, answer = self._envelope(server, recipient)
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            return Outcome("failed", _said(error))
        if code >= 400:
            return self._not_taken(server, code, answer)
        return self._hand_over(server, message)

    def _envelope(self, server: smtplib.SMTP, recipient: str) -> tuple[int, bytes]:
        code, answer = server.mail(self._settings.address)
        return server.rcpt(recipient) if code < 400 else (code, answer)

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> Outcome:
        try:
            code, answer = server.data(message.as_bytes())
        except smtplib.SMTPDataError as error:  # the server would not hear the message
            return self._not_taken(server, error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:  # it may have heard it: the answer is lost
            self._close()
            return Outcome("sending", _said(error))
        if code >= 400:
            return self._not_taken(server, code, answer)
        return Outcome("sent", _words(code, answer))

    def _not_taken(self, server: smtplib.SMTP, code: int, answer: bytes | str) -> Outcome:
        """4xx is a refusal for now (RFC 5321, 4.2.1)."""
        try:
            server.rset()
        except (smtplib.SMTPException, OSError):
            self._close()
        return Outcome("refused" if code >= 500 else "failed", _words(code, answer))

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.ca_file or None)
        try:
            if settings.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    settings.host, settings.port, timeout=settings.timeout_s, context=context
                )
            else:
                server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
        except (smtplib.SMTPException, OSError) as error:
            raise MailDown(_said(error)) from error
        try:
            server.ehlo_or_helo_if_needed()
            if settings.security == "starttls":
                server.starttls(context=context)
                server.ehlo()
            if settings.user:
                server.login(settings.user, settings.password)
        except (smtplib.SMTPException, OSError) as error:
            server.close()
            raise MailDown(_said(error)) from error
        return server

    def _close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"[:300]


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {' '.join(text.split())}"[:300]
