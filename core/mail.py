"""E-mail through the SMTP server of the settings: smtp://user:password@host:587 (STARTTLS where offered) or smtps://.

Called from jobs only: a server that does not answer raises, and the outbox tries again.
"""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from flask import current_app

from core.errors import AppError

TIMEOUT = 20  # seconds


def ready() -> bool:
    """Whether this installation can send e-mail at all."""
    return bool(current_app.config["SETTINGS"].smtp_url)


def send(to: str, subject: str, text: str) -> None:
    settings = current_app.config["SETTINGS"]
    if not settings.smtp_url:
        raise AppError("Set SMTP_URL to send e-mail.")
    server = urlsplit(settings.smtp_url)
    message = EmailMessage()
    message["To"], message["Subject"] = to, subject
    message["From"] = settings.smtp_from or unquote(server.username or "") or f"guantong@{server.hostname}"
    message.set_content(text)
    with _connect(server.scheme, server.hostname or "localhost", server.port) as connection:
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(message)


def _connect(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, port or 587, timeout=TIMEOUT)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
    return connection
