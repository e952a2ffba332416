"""Our webhooks and the reference library of Standard Webhooks (PyPI standardwebhooks), each reading the other."""
import json
from datetime import UTC, datetime

import pytest
from fixtures import webhook_receiver
from fixtures.processes import wait_until
from functional.test_events import hub, make_webhook, receiver, subscribe  # noqa: F401
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def test_the_reference_library_takes_what_we_deliver(client, hub, receiver):  # noqa: F811
    calls = []

    def keep(received):
        calls.append((dict(received.headers), received.body))
        return 204
    receiver.on_call = keep
    make_webhook(client, receiver)
    subscribe(client, hub, webhook="hook")
    hub.ask(b"one")
    headers, body = wait_until(lambda: calls and calls[0], "the delivery", 60)
    library = Webhook(receiver.secret)
    assert library.verify(body, headers) == json.loads(body)
    with pytest.raises(WebhookVerificationError):
        library.verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        library.verify(body, {**headers, "webhook-id": "dlv_other"})


def test_after_a_rotation_the_reference_library_takes_it_with_either_secret(client, hub, receiver):  # noqa: F811
    calls = []

    def keep(received):
        calls.append((dict(received.headers), received.body))
        return 204
    receiver.on_call = keep
    make_webhook(client, receiver)
    old = receiver.secret
    receiver.secret = client.call("nsl.v1.WebhookService/Rotate", {"name": "hook"})["secret"]
    subscribe(client, hub, webhook="hook")
    hub.ask(b"two")
    headers, body = wait_until(lambda: calls and calls[0], "the delivery", 60)
    for secret in (old, receiver.secret):
        assert Webhook(secret).verify(body, headers) == json.loads(body)


def test_what_the_reference_library_signs_is_what_our_receivers_take():
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"test": 2432232314}'
    now = datetime.now(tz=UTC)
    headers = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": str(int(now.timestamp())),
               "webhook-signature": Webhook(secret).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", now, body)}
    assert webhook_receiver.verify(secret, headers, body.encode()) == {"test": 2432232314}
    with pytest.raises(webhook_receiver.WrongSignature):
        webhook_receiver.verify(secret, headers, body.encode() + b" ")
