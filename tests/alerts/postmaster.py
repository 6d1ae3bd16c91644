"""A mail server of another make: takes mails for the tests and writes each down as it understood it."""
import email
import email.policy
import json
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

address, port, begins, certificate, key, login = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)


def say(what):
    print(json.dumps(what), flush=True)


def known(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and f"{data.login.decode()}:{data.password.decode()}" == login
    return AuthResult(success=right, handled=False)


class Box:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "hello": session.host_name,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "authenticated": session.authenticated,
            "headers": [[name, str(value)] for name, value in mail.items()],
            "defects": [str(defect) for defect in mail.defects],
            "body": mail.get_content(),
        })
        return "250 taken"


settings = {"authenticator": known, "auth_required": bool(login), "auth_require_tls": True}
if begins == "starttls":
    settings |= {"tls_context": context, "require_starttls": True}
server = Controller(
    Box(), hostname=address, port=int(port), ssl_context=context if begins == "tls" else None, **settings
)
server.start()
say("ready")
sys.stdin.read()
