"""What tokens are called and how much there is of each, as of now.

    nsl function deploy report --file block_report.py
    nsl function run report --input '{"tokens": ["0xd2a4cff31913016155e38e474a2c06d08be276cf"]}'
"""
import base64
from decimal import Decimal


def read(contract, method):
    answer = neo_service.blockchain.call(contract, method)
    if answer["state"] != "HALT":
        raise ValueError(f"{contract} has no {method}: {answer['exception']}")
    return answer["stack"][0]["value"]


def describe(contract):
    decimals = int(read(contract, "decimals"))
    supply = Decimal(read(contract, "totalSupply")).scaleb(-decimals)
    return {"symbol": base64.b64decode(read(contract, "symbol")).decode(), "supply": format(supply, "f")}


def main(params):
    return {"block": neo_service.blockchain.get_block_height(), "tokens": [describe(token) for token in params["tokens"]]}
