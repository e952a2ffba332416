"""The event monitor on a real node: subscriptions, history, backfill, preview, signed webhooks."""
import itertools
import json

import pytest
from fixtures.api_client import refused_with
from fixtures.processes import wait_until
from fixtures.webhook_receiver import WebhookReceiver
from functional.test_triggers import Hub, deploy, runs_of, trigger, wait_runs

PUT = "nsl.v1.EventService/PutSubscription"
PUT_WEBHOOK = "nsl.v1.WebhookService/Put"
QUIET = "export default { event(e) { return e.id; } };"
_paths = itertools.count()


@pytest.fixture
def hub(neo_network):
    return Hub(neo_network)


@pytest.fixture
def receiver(https_server):
    return WebhookReceiver(https_server, f"/hook-{next(_paths)}")


def subscribe(client, hub, name="requests", event="Requested", **more):
    return client.call(PUT, {"name": name, "contract": hub.hash, "event": event, **more})


def make_webhook(client, receiver, name="hook", **more):
    made = client.call(PUT_WEBHOOK, {"name": name, "url": receiver.url, **more})
    receiver.secret = made.get("secret") or receiver.secret
    return made


def events(client, query=""):
    return client.rest("GET", f"/v1/events?{query}").json()["items"]


def wait_events(client, count, query=""):
    return wait_until(lambda: (found := events(client, query)) and len(found) >= count and found, f"{count} events", 30)


def deliveries(client, name="hook", state=None):
    query = f"?state={state}" if state else ""
    return client.rest("GET", f"/v1/webhooks/{name}/deliveries{query}").json()["items"]


def wait_delivery(client, state, name="hook", count=1):
    return wait_until(lambda: (found := deliveries(client, name, state)) and len(found) >= count and found,
                      f"{count} deliveries {state}", 60)


def preview(client, first, name="on-request", **more):
    """Every page of it."""
    items, cursor = [], ""
    while True:
        page = client.rest("POST", f"/v1/triggers/{name}:preview", {"from_block": first, "cursor": cursor, **more}).json()
        items, cursor = items + page["items"], page["next_cursor"]
        if not cursor:
            return items


def wait_backfill(client, path):
    def done():
        backfill = client.rest("GET", path).json().get("backfill") or {}
        return backfill if backfill.get("state") == "DONE" else None
    return wait_until(done, "the end of the backfill", 60)


def test_what_happened_is_found_in_the_history(client, hub):
    made = subscribe(client, hub)
    asked = [hub.ask(b"number %d" % number) for number in range(3)]
    found = wait_events(client, 3)
    assert [event["transaction"] for event in found] == [txid for _, txid in reversed(asked)]
    newest = found[0]
    assert newest["block"] >= 1 and newest["proof"] == "quorum(1/1)" and newest["subscription"] == made["name"]
    assert json.loads(newest["arguments"])[0] == {"type": "Integer", "value": str(asked[-1][0])}
    assert newest["contract"] == hub.hash and newest["id"].startswith(newest["transaction"])
    [second] = events(client, f"filter=args[0]%20==%20{asked[1][0]}")
    assert second["transaction"] == asked[1][1]
    assert events(client, f"from_block={found[0]['block'] + 1}") == []
    assert len(events(client, "event=Requested")) == 3 and events(client, "event=Other") == []


def test_a_subscription_sees_only_its_sender_and_its_filter(client, hub):
    subscribe(client, hub, "of-owner", sender=hub.owner.address)
    subscribe(client, hub, "of-nobody", sender="0x" + "11" * 20)
    subscribe(client, hub, "large", filter="args[0] > 1000000")
    subscribe(client, hub, "any")
    hub.ask(b"x")
    wait_events(client, 1, "subscription=any")
    wait_events(client, 1, "subscription=of-owner")
    assert events(client, "subscription=of-nobody") == []
    assert events(client, "subscription=large") == []


def test_past_blocks_start_a_trigger_once_and_only_when_asked(client, hub):
    asked = [hub.ask(b"early %d" % number) for number in range(3)]
    first = hub.network.height() - 200 if hub.network.height() > 200 else 0
    deploy(client, QUIET)
    trigger(client, hub)
    assert {item["transaction"] for item in preview(client, first)} == {txid for _, txid in asked}
    assert runs_of(client) == []
    for _ in range(2):
        client.call("nsl.v1.TriggerService/Backfill", {"name": "on-request", "from_block": first})
        assert wait_backfill(client, "/v1/triggers/on-request")["events_found"] == 3
    runs = wait_runs(client, 3)
    assert {run["event"]["transaction"] for run in runs} == {txid for _, txid in asked}
    assert len(runs) == 3


def test_a_subscription_from_a_past_block_has_no_gap(client, hub):
    early = hub.ask(b"early")
    subscribe(client, hub, from_block=max(1, hub.network.height() - 100))
    late = hub.ask(b"late")
    wait_backfill(client, "/v1/subscriptions/requests")
    found = wait_events(client, 2)
    assert [event["transaction"] for event in found if event["transaction"] in (early[1], late[1])].count(early[1]) == 1
    assert {event["transaction"] for event in found} >= {early[1], late[1]}


def test_a_subscription_starts_a_function(client, hub):
    deploy(client, QUIET)
    subscribe(client, hub, function="answer")
    hub.ask(b"x")
    [run] = wait_runs(client, 1, "subscription/requests")
    [event] = events(client)
    assert run["status"] == "SUCCEEDED" and event["run"] == run["id"]
    assert json.loads(run["output"]) == event["id"]


def test_an_event_is_delivered_once_and_signed(client, hub, receiver):
    make_webhook(client, receiver)
    subscribe(client, hub, webhook="hook")
    request, txid = hub.ask(b"x")
    [delivery] = wait_delivery(client, "SUCCEEDED")
    [(identity, message)] = receiver.messages
    assert identity == delivery["id"] == events(client)[0]["delivery"]
    assert message["type"] == "neo.contract.event"
    assert message["data"]["event"]["transaction"] == txid
    assert message["data"]["event"]["arguments"][0] == {"type": "Integer", "value": str(request)}
    assert message["data"]["proof"] == "quorum(1/1)" and message["data"]["subscription"] == "requests"
    assert receiver.wrong == []


def test_a_delivery_is_tried_again_under_the_same_id(client, hub, receiver):
    make_webhook(client, receiver)
    subscribe(client, hub, webhook="hook")
    receiver.status = 500
    hub.ask(b"x")
    wait_until(lambda: receiver.calls, "a first attempt", 30)
    receiver.status = 200
    [delivery] = wait_delivery(client, "SUCCEEDED")
    assert delivery["attempts"] >= 2
    assert {identity for identity, _, _ in receiver.calls} == {delivery["id"]}
    assert len(receiver.messages) == 1


def test_a_dead_letter_is_replayed(client, hub, receiver):
    make_webhook(client, receiver, attempts=1)
    subscribe(client, hub, webhook="hook")
    receiver.status = 503
    hub.ask(b"x")
    [dead] = wait_delivery(client, "DEAD")
    assert dead["last_error"] == "NSL-WEBHOOK-0006 The receiver answered 503" and dead["status"] == 503
    receiver.status = 204
    client.call("nsl.v1.WebhookService/Replay", {"name": "hook", "delivery": dead["id"]})
    [delivery] = wait_delivery(client, "SUCCEEDED")
    assert delivery["id"] == dead["id"] and [identity for identity, _ in receiver.messages] == [dead["id"]]


def test_an_ordered_endpoint_gets_events_in_the_order_of_the_chain(client, hub, receiver):
    make_webhook(client, receiver, ordered=True)
    subscribe(client, hub, webhook="hook")
    failures = itertools.cycle([500, 200])
    receiver.on_call = lambda received: next(failures)
    asked = [hub.ask(b"number %d" % number)[0] for number in range(3)]
    wait_delivery(client, "SUCCEEDED", count=3)
    taken = [int(message["data"]["event"]["arguments"][0]["value"]) for _, message in receiver.messages]
    assert taken == asked


def test_a_new_secret_signs_beside_the_old_one(client, hub, receiver):
    make_webhook(client, receiver)
    subscribe(client, hub, webhook="hook")
    rotated = client.call("nsl.v1.WebhookService/Rotate", {"name": "hook"})
    hub.ask(b"by the old one")
    wait_delivery(client, "SUCCEEDED")
    receiver.secret = rotated["secret"]
    hub.ask(b"by the new one")
    wait_delivery(client, "SUCCEEDED", count=2)
    assert receiver.wrong == []


@pytest.mark.parametrize("url, code", [
    ("https://10.0.0.1/", "NSL-HTTP-0002"), ("https://127.0.0.1:1/", "NSL-HTTP-0002"),
    ("https://169.254.169.254/latest", "NSL-HTTP-0002")])
def test_an_endpoint_inside_a_private_network_is_not_called(client, hub, url, code):
    client.call(PUT_WEBHOOK, {"name": "hook", "url": url, "attempts": 1})
    subscribe(client, hub, webhook="hook")
    hub.ask(b"x")
    [dead] = wait_delivery(client, "DEAD")
    assert dead["last_error"].startswith(code)


def test_a_redirect_is_not_followed(client, hub, receiver, https_server):
    path = f"/redirect-{next(_paths)}"
    https_server.redirect(path, receiver.url, 307)
    client.call(PUT_WEBHOOK, {"name": "hook", "url": f"https://127.0.0.1:{https_server.port}{path}", "attempts": 1})
    subscribe(client, hub, webhook="hook")
    hub.ask(b"x")
    [dead] = wait_delivery(client, "DEAD")
    assert dead["status"] == 307 and receiver.calls == [] and receiver.wrong == []


def test_what_is_somebody_elses_does_not_exist(client, other, hub, receiver):
    make_webhook(client, receiver)
    subscribe(client, hub, webhook="hook")
    hub.ask(b"x")
    [delivery] = wait_delivery(client, "SUCCEEDED")
    assert events(other) == []
    assert other.rest("GET", "/v1/subscriptions").json()["items"] == []
    assert other.rest("GET", "/v1/subscriptions/requests").code == "NSL-EVENT-0001"
    assert other.rest("GET", "/v1/events?subscription=requests").code == "NSL-EVENT-0001"
    assert other.rest("GET", "/v1/webhooks/hook/deliveries").code == "NSL-WEBHOOK-0001"
    for operation, message, code in [
            ("nsl.v1.EventService/DeleteSubscription", {"name": "requests"}, "NSL-EVENT-0001"),
            ("nsl.v1.WebhookService/Get", {"name": "hook"}, "NSL-WEBHOOK-0001"),
            ("nsl.v1.WebhookService/Rotate", {"name": "hook"}, "NSL-WEBHOOK-0001"),
            ("nsl.v1.WebhookService/Delete", {"name": "hook"}, "NSL-WEBHOOK-0001"),
            ("nsl.v1.WebhookService/Replay", {"name": "hook", "delivery": delivery["id"]}, "NSL-WEBHOOK-0001"),
            ("nsl.v1.TriggerService/Backfill", {"name": "requests"}, "NSL-TRIGGER-0001")]:
        with refused_with(code):
            other.call(operation, message)
    other.call(PUT_WEBHOOK, {"name": "hook", "url": receiver.url})
    with refused_with("NSL-WEBHOOK-0003"):
        other.call("nsl.v1.WebhookService/Replay", {"name": "hook", "delivery": delivery["id"]})
    assert client.call("nsl.v1.WebhookService/List")["items"][0]["url"] == receiver.url
