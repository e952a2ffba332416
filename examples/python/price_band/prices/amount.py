import re
from decimal import Decimal


def parse(text):
    if re.fullmatch(r"\d+(\.\d{1,8})?", text, re.ASCII) is None:
        raise ValueError(f"'{text}' is no price")
    return Decimal(text)


def to_text(amount):
    return format(amount.normalize(), "f")
