"""The same as answer.js: looks up on chain what a request of the hub asks, asks a price server with
a credential that only this function can read, and writes the answer with the enclave's wallet."""
import base64
import json
from urllib.parse import quote


async def event(event, context):
    server, secret, wallet = (context.environment[name] for name in ("server", "secret", "wallet"))
    number = event["arguments"][0]  # {"type": "Integer", "value": "1"}

    found = await neo_service.blockchain.call(event["contract"], "getRequest", [number])
    request = found["stack"][0]
    if found["state"] != "HALT" or not isinstance(request["value"], list):
        return {"request": number["value"], "answered": False, "why": "it is no longer pending"}
    pair = json.loads(base64.b64decode(request["value"][2]["value"]))["pair"]

    credential = await neo_service.secrets.get(secret)
    reply = await neo_service.http.fetch(f"{server}/price?pair={quote(pair)}",
                                         headers={"Authorization": f"Bearer {credential}"})
    if not reply.ok:
        raise RuntimeError(f"The price server answered {reply.status}")
    price = reply.json()["price"]
    print(pair, "is", price)

    sent = await neo_service.wallet.invoke(wallet, event["contract"], "fulfil", [number, 0, price])
    return {"request": number["value"], "answered": True, "price": price, "transaction": sent["transaction"]}
