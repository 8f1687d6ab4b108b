"""A message by e-mail, over a connection that is always encrypted and verified."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from pipelines.alerting.digest import Digest
from pipelines.settings import Settings


def send(settings: Settings, digest: Digest) -> None:
    """Send one message; it is taken if the server takes it for any receiver.

    Raises:
        OSError: the server was not reached, proved to be another, or refused; SMTP's
            own errors are among these.
    """
    context = ssl.create_default_context(cafile=settings.alert_ca_file)
    host, port = settings.alert_smtp_host, settings.alert_smtp_port
    seconds = settings.alert_timeout_seconds
    with smtplib.SMTP(host, port, timeout=seconds) as server:
        server.starttls(context=context)
        if settings.alert_smtp_user and settings.alert_smtp_password:
            password = settings.alert_smtp_password.get_secret_value()
            server.login(settings.alert_smtp_user, password)
        server.send_message(message_of(settings, digest))


def message_of(settings: Settings, digest: Digest) -> EmailMessage:
    """Return the e-mail; the same message again has the same id."""
    message = EmailMessage()
    message["From"] = settings.alert_email_from
    message["To"] = settings.alert_email_to
    message["Subject"] = digest.subject
    message["Date"] = formatdate()
    domain = settings.alert_email_from.rpartition("@")[2]
    message["Message-ID"] = f"<{digest.message_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(digest.text)
    return message
