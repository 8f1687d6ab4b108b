"""A message posted as JSON, signed so that its receiver knows whom it is from.

``X-EHR-Signature`` is ``sha256=`` and the HMAC of timestamp, a point and the body. No
redirect is followed: it could lead to where nothing is encrypted.
"""

import hashlib
import hmac
import http.client
import ssl
import time
from urllib.parse import urlsplit

from pipelines.alerting.digest import Digest
from pipelines.alerting.failures import ChannelError
from pipelines.settings import Settings

WELL = range(200, 300)


def post(settings: Settings, digest: Digest) -> None:
    """Send one message.

    Raises:
        ChannelError: it was not taken; the message holds neither address nor secret.
        OSError: the receiver could not be reached in time, or proved to be another.
    """
    address = urlsplit(settings.alert_webhook_url)
    moment = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "X-EHR-Message": digest.message_id,
        "X-EHR-Timestamp": moment,
        "X-EHR-Signature": signature(_secret(settings), moment, digest.body),
    }
    path = address.path or "/"
    connection = _connection(settings)
    try:
        target = f"{path}?{address.query}" if address.query else path
        connection.request("POST", target, digest.body, headers)
        status = connection.getresponse().status
    except http.client.HTTPException as problem:
        msg = f"the receiver did not speak HTTP ({type(problem).__name__})"
        raise ChannelError(msg) from None
    finally:
        connection.close()
    if status not in WELL:
        msg = f"the receiver answered {status}"
        raise ChannelError(msg)


def signature(secret: bytes, moment: str, body: bytes) -> str:
    """Return what proves to the receiver whom a body is from, and when it was sent."""
    signed = moment.encode() + b"." + body
    return f"sha256={hmac.new(secret, signed, hashlib.sha256).hexdigest()}"


def _connection(settings: Settings) -> http.client.HTTPConnection:
    address = urlsplit(settings.alert_webhook_url)
    host, port = address.hostname or "", address.port
    seconds = settings.alert_timeout_seconds
    if address.scheme == "http":  # of this machine alone; the settings see to it
        return http.client.HTTPConnection(host, port, timeout=seconds)
    context = ssl.create_default_context(cafile=settings.alert_ca_file)
    return http.client.HTTPSConnection(host, port, timeout=seconds, context=context)


def _secret(settings: Settings) -> bytes:
    secret = settings.alert_webhook_secret
    return secret.get_secret_value().encode() if secret else b""
