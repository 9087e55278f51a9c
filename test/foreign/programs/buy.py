"""Buys with the generated client, and prints what it saw as one line of JSON."""

import json
import os

from client import ApiError, CheckRequest, Client, PayRequest, StatusRequest

hub = Client(os.environ["HUB_URL"], auth={"bearer": os.environ["HUB_TOKEN"]})


def name(answer):
    status = getattr(answer.status, "value", answer.status)
    return f"{type(answer).__name__} {status}"


def canceled():
    try:
        hub.pay(PayRequest(1012, 50000, "A-2"))
        return "answered"
    except ApiError:
        return name(hub.status(StatusRequest("A-2")))


def large_id():
    product = hub.check(CheckRequest(9007199254740993)).product
    return "exact" if (product.name, product.id) == ("2^53 + 1", 9007199254740993) else "rounded"


def unlisted():
    try:
        return name(hub.pay(PayRequest(1014, 50000, "A-3")))
    except Exception:
        return "an error"


order = PayRequest(1, 50000, "A-1")
seen = {
    "check": name(hub.check(CheckRequest(1))),
    "pay": name(hub.pay(order)),
    "repeat": name(hub.pay(order)),
    "status": name(hub.status(StatusRequest("A-1"))),
    "canceled": canceled(),
    "unlisted": unlisted(),
    "largeId": large_id(),
}
print(json.dumps(seen))
