"""Counts its runs and remembers who came last.

    nsl function deploy visits --file visits.py
    nsl function run visits --input '{"name": "Ada"}'
"""


def main(params, context):
    before = neo_service.storage.get("visits") or {"count": 0, "last": None}
    now = {"count": before["count"] + 1, "last": params["name"]}
    neo_service.storage.set("visits", now)
    greeting = f"Hello {params['name']}"
    return {"greeting": greeting if before["last"] is None else f"{greeting}, after {before['last']}", **now}
