"""The median of what several markets say, and the band around it that an order may be filled in.

    nsl test .
    nsl function deploy price-band --dir .
    nsl function run price-band --input '{"pair": "NEO-USD", "prices": ["12.10", "12.30", "99"]}'
"""
import json

from prices import median, to_text

BANDS = json.loads(__loader__.get_data("bands.json"))


def main(params):
    percent = BANDS.get(params["pair"], BANDS["other"])
    price = median(params["prices"])
    return {"pair": params["pair"], "price": to_text(price), "low": to_text(price * (100 - percent) / 100),
            "high": to_text(price * (100 + percent) / 100)}
