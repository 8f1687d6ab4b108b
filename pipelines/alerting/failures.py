"""Why a channel took nothing, in words that hold no address and no secret."""

import smtplib
import socket
import ssl


class ChannelError(Exception):
    """A channel did not take a message."""


# The first that fits; servers' own words are left out.
TOLD = (
    (ssl.SSLError, "the receiver's certificate was not accepted, or it speaks no TLS"),
    (
        smtplib.SMTPNotSupportedError,
        "the mail server offers no encryption (STARTTLS) or no sign-in",
    ),
    (
        smtplib.SMTPAuthenticationError,
        "the mail server refused our name or password",
    ),
    (smtplib.SMTPException, "the mail server refused the message"),
    (TimeoutError, "the receiver did not answer in time"),
    (socket.gaierror, "the receiver's name is not known"),
    (ConnectionError, "the receiver took no connection"),
)


def told_problem(problem: Exception) -> str:
    """Return what is wrong with a channel."""
    if isinstance(problem, ChannelError):
        return str(problem)
    for kind, words in TOLD:
        if isinstance(problem, kind):
            return words
    return f"the receiver was not reached ({type(problem).__name__})"
