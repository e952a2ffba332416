"""The middle of what several price servers say, without a float on the way.

    nsl secret set price-api --value-file - --allow-function price
    nsl function deploy price --file median_price.py --secret price-api --egress api.example.com \
        --env sources=https://api.example.com/a,https://api.example.com/b
    nsl function run price --input '{"pair": "NEO-USD"}'
"""
import asyncio
import statistics
from decimal import Decimal


async def ask(source, pair, credential):
    reply = await neo_service.http.fetch(f"{source}?pair={pair}", headers={"authorization": f"Bearer {credential}"})
    if not reply.ok:
        raise ValueError(f"{source} answered {reply.status}")
    return Decimal(reply.json()["price"])


async def main(params, context):
    sources = context.environment["sources"].split(",")
    credential = await neo_service.secrets.get("price-api")
    answers = await asyncio.gather(*(ask(source, params["pair"], credential) for source in sources),
                                   return_exceptions=True)
    prices = [answer for answer in answers if isinstance(answer, Decimal)]
    for answer in answers:
        if not isinstance(answer, Decimal):
            print("left out:", answer)
    if len(prices) * 2 <= len(sources):
        raise ValueError(f"only {len(prices)} of {len(sources)} sources answered")
    return {"pair": params["pair"], "price": str(statistics.median(prices)), "sources": len(prices)}
