"""A delivery of a sender, and the senders' authentication."""
import base64
import hashlib
import hmac
import json
import time
from typing import Callable, NamedTuple

from harness import SIGNING_TOKEN

SECRET = "hush-hush-of-the-company"

Headers = dict[str, str]


class Delivery(NamedTuple):
    path: str
    body: bytes
    headers: Callable[[bytes], Headers]  # a signature may contain the time of sending
    chain: str = ""  # deliveries of one chain keep their order
    is_repeated: bool = True  # the sender may repeat it after later deliveries


def configuration(*sources):
    """A source for each (kind, secret, more lines), named after its kind."""
    return "".join(f'\n[[source]]\nname = "{kind}"\nkind = "{kind}"\nsecret = "{secret}"\n{more}' for kind, secret, more in sources)


def delivery(source, value, headers, **options):
    return Delivery(f"/webhooks/{source}", json.dumps(value).encode(), headers, **options)


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def milliseconds(at):
    return int(at.timestamp() * 1000)


def digest_of(body, algorithm="sha256"):
    return hmac.new(SECRET.encode(), body, algorithm).hexdigest()


def bearer(token=SECRET):
    return lambda body: {"Authorization": f"Bearer {token}"}


def password():
    return lambda body: {"Authorization": "Basic " + base64.b64encode(f"sender:{SECRET}".encode()).decode()}


def signed(header, prefix, algorithm="sha256", **others):
    """The HMAC of the body, in hex."""
    named = {name.replace("_", "-"): value for name, value in others.items()}
    return lambda body: {header: prefix + digest_of(body, algorithm), **named}


def standard_webhook(identifier, **others):
    """The signature of https://www.standardwebhooks.com over id, time and body. A repeated delivery has a new time."""
    named = {name.replace("_", "-"): value for name, value in others.items()}
    key = base64.b64decode(SIGNING_TOKEN.removeprefix("whsec_"))

    def headers(body):
        sent = str(int(time.time()))
        signature = base64.b64encode(hmac.new(key, f"{identifier}.{sent}.".encode() + body, hashlib.sha256).digest()).decode()
        return {"webhook-id": identifier, "webhook-timestamp": sent, "webhook-signature": f"v1,{signature}", **named}

    return headers
