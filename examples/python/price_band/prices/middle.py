import statistics

from . import amount


def median(texts):
    return statistics.median([amount.parse(text) for text in texts])
