"""Secrets: stored, versioned, revealed to their owner only."""
import pytest
from fixtures.api_client import refused_with

PUT, REVEAL, DELETE = (f"nsl.v1.SecretService/{name}" for name in ("Put", "GetValue", "Delete"))


def test_a_secret_is_kept_listed_revealed_and_deleted(client):
    made = client.call(PUT, {"name": "token", "value": "ä\n\0ü", "description": "for the price server"})
    assert (made["version"], made["name"]) == (1, "token")
    assert made["id"].startswith("sec_")
    listed = client.rest("GET", "/v1/secrets").json()
    assert [item["name"] for item in listed["items"]] == ["token"]
    assert client.call(REVEAL, {"name": "token"}) == {"value": "ä\n\0ü", "version": 1}
    client.call(DELETE, {"name": "token"})
    assert client.rest("GET", "/v1/secrets/token").code == "NSL-SECRET-0001"
    with refused_with("NSL-SECRET-0001"):
        client.call(REVEAL, {"name": "token"})


def test_a_second_value_is_a_new_version(client):
    client.call(PUT, {"name": "token", "value": "old"})
    assert client.call(PUT, {"name": "token", "value": "new"})["version"] == 2
    assert client.call(REVEAL, {"name": "token"}) == {"value": "new", "version": 2}


def test_no_listing_carries_a_value(client):
    client.call(PUT, {"name": "token", "value": "never-to-be-seen"})
    for path in ("/v1/secrets", "/v1/secrets/token"):
        assert b"never-to-be-seen" not in client.rest("GET", path).body


def test_a_value_is_never_revealed_in_the_open(client):
    client.call(PUT, {"name": "token", "value": "x"})
    assert client.rest("GET", "/v1/secrets/token/value").code == "NSL-AUTH-0009"


def test_somebody_elses_secret_does_not_exist(client, other):
    client.call(PUT, {"name": "token", "value": "mine"})
    missing = other.rest("GET", "/v1/secrets/missing")
    reply = other.rest("GET", "/v1/secrets/token")
    assert (reply.status, reply.code) == (missing.status, missing.code) == (404, "NSL-SECRET-0001")
    for operation in (REVEAL, DELETE):
        with refused_with("NSL-SECRET-0001"):
            other.call(operation, {"name": "token"})
    assert other.rest("GET", "/v1/secrets").json()["items"] == []
    other.call(PUT, {"name": "token", "value": "theirs"})
    assert client.call(REVEAL, {"name": "token"})["value"] == "mine"


@pytest.mark.parametrize("name", ["Token", "-a", "a_b", "a" * 64, "ä"])
def test_names_outside_the_rule_are_refused(plain, name):
    from urllib.parse import quote
    reply = plain.rest("PUT", f"/v1/secrets/{quote(name)}", {"value": "x"})
    assert (reply.status, reply.code) == (400, "NSL-API-0001")
    assert reply.json()["errors"][0]["pointer"] == "/name"


def test_the_largest_value_fits_and_one_byte_more_does_not(client):
    client.call(PUT, {"name": "big", "value": "x" * 65536})
    assert len(client.call(REVEAL, {"name": "big"})["value"]) == 65536
    with refused_with("NSL-SECRET-0003"):
        client.call(PUT, {"name": "big", "value": "x" * 65537})


def test_an_empty_value_is_refused(client):
    with refused_with("NSL-API-0001"):
        client.call(PUT, {"name": "empty"})


def test_a_tag_guards_against_lost_updates(plain):
    made = plain.rest("PUT", "/v1/secrets/token", {"value": "1"})
    tag = made.headers["etag"]
    assert tag.startswith('"') and tag.endswith('"')
    assert plain.rest("PUT", "/v1/secrets/token", {"value": "2"}, {"If-Match": tag}).status == 200
    stale = plain.rest("PUT", "/v1/secrets/token", {"value": "3"}, {"If-Match": tag})
    assert (stale.status, stale.code) == (412, "NSL-API-0006")
    assert plain.rest("DELETE", "/v1/secrets/token", headers={"If-Match": tag}).status == 412
    current = plain.rest("GET", "/v1/secrets/token").headers["etag"]
    assert plain.rest("DELETE", "/v1/secrets/token", headers={"If-Match": current}).status == 200


def test_a_tag_guards_sealed_requests_too(client):
    made = client.call(PUT, {"name": "token", "value": "1"})
    client.call(PUT, {"name": "token", "value": "2"}, if_match=made["etag"])
    with refused_with("NSL-API-0006"):
        client.call(PUT, {"name": "token", "value": "3"}, if_match=made["etag"])


def test_pages_cover_everything_once(plain):
    for number in range(5):
        plain.rest("PUT", f"/v1/secrets/s{number}", {"value": "x"})
    names, cursor = [], ""
    while True:
        page = plain.rest("GET", f"/v1/secrets?limit=2&cursor={cursor}").json()
        assert len(page["items"]) <= 2
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert sorted(names) == [f"s{number}" for number in range(5)]
