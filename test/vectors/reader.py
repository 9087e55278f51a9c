"""Reads answers of the CodeGames API hub, by the published interpretations only; nothing was taken from the client.

    python3 reader.py < lines.jsonl              one answer or number a line in, one judgement a line out
    python3 reader.py answers.json numbers.json  checks the vectors of @codegames/contract; exits with 1 if one fails
"""
import base64, json, re, sys
from decimal import Decimal, InvalidOperation

CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "windows-1251": "cp1251", "windows-1252": "cp1252",
            "koi8-r": "koi8_r", "cp866": "cp866", "iso-8859-1": "latin-1", "iso-8859-5": "iso8859_5"}
DOOR = {400, 401, 403, 404, 405, 413, 415, 422}  # C9
OUTCOMES = {"check": {"OK": "succeeded", "PRODUCT_NOT_FOUND": "rejected", "PRODUCT_OUT_OF_STOCK": "rejected"},
            "pay": {"OK": "succeeded", "TXN_DUPLICATE": "undecided", "WRONG_PRICE": "rejected",
                    "PRODUCT_NOT_FOUND": "rejected", "PRODUCT_OUT_OF_STOCK": "rejected"},
            "status": {"OK": "succeeded", "TXN_NOT_FOUND": "absent", "TXN_CANCELED": "rejected"}}
# Member: (type, is required, what an unreadable one does to the answer). Nothing else is read (D1, D16).
COMMENT = {"comment": ("comment", False, "absent")}
NAMES = {"name": ("name", True, "absent"), "shortDescription": ("text", False, "absent")}
CHECKED = {"id": ("int64", True, "mismatch"), **NAMES, "price": ("price", True, "malformed"),
           "partner_price": ("price", True, "absent"), "addInfo": ({}, False, "absent")}
SOLD = {"id": ("int64", True, "mismatch"), **NAMES, "price": ("price", False, "absent"),
        "productKey": ("key", False, "secret"), "addInfo": ({}, False, "secret")}
SALE = {"partner_txn_id": ("id", True, "malformed"), **COMMENT, "product": (SOLD, False, "secret")}
REFUSAL = {"partner_txn_id": ("id", False, "absent"), **COMMENT}
MEMBERS = {"check": ({**COMMENT, "product": (CHECKED, True, "malformed")}, COMMENT), "pay": (SALE, REFUSAL),
           "status": (SALE, REFUSAL)}
MISSING = object()


class Unreadable(Exception):
    """The value cannot be read, and neither can the answer if the value decides."""


class Number(str):
    """A number as it is written: it never passes through a double."""


def refuse(*_):
    raise Unreadable


def unique(pairs):
    return dict(pairs) if len(dict(pairs)) == len(pairs) else refuse()  # D16


def parse(text):
    depth = 0
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[][{}]', text, re.S):
        depth += (mark in "[{") - (mark in "]}")
        if depth > 100:
            refuse()
    try:
        return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=refuse, object_pairs_hook=unique)
    except ValueError:
        refuse()


def decode(body, content_type):  # C13
    found = re.findall(r';\s*charset\s*=\s*("[^"]*"|[^;]*)', content_type or "", re.I)
    declared = found[0].strip().strip('"').lower() if found else "utf-8"
    if len(found) > 1 or declared not in CHARSETS:
        refuse()
    try:
        text = body.decode(CHARSETS[declared])
    except UnicodeDecodeError:
        refuse()
    return text[1:] if text.startswith("\ufeff") else text


def is_zero(literal):
    return not re.match(r"[-0.]*[1-9]", literal)


def kind(value):
    if isinstance(value, Number):
        return "zero" if is_zero(value) else "a number"
    if value is MISSING or value is None:
        return "null" if value is None else "missing"
    empty, full = {str: ("an empty text", "a text"), list: ("an empty array", "an array"), bool: ("a boolean",) * 2,
                   dict: ("an object",) * 2}[type(value)]
    return full if value else empty


def read_int64(literal):
    try:
        number = Decimal(literal)
        if not -2**63 <= number <= 2**63 - 1 or number != number.to_integral_value():
            refuse()
    except InvalidOperation:
        refuse()
    return str(int(number))


def read_price(literal):
    """The shortest decimal of the double, which must be the number that was written (D19)."""
    double = float(literal)
    if not 0 < double < float("inf") or Decimal(repr(double)) != Decimal(literal):
        refuse()
    return f"{Decimal(repr(double)).normalize():f}"


def read_value(value, wanted):
    """The value as text, and whether it is written exactly as the contract says."""
    is_number = isinstance(value, Number)
    quoted = {"int64": r"-?(0|[1-9][0-9]*)", "price": r"(0|[1-9][0-9]*)(\.[0-9]{1,2})?"}.get(wanted, r"[1-9][0-9]*")
    is_exact = is_number == (wanted in ("int64", "price"))
    if not isinstance(value, str) or not is_exact and not re.fullmatch(quoted, value):
        refuse()
    if wanted in ("id", "name") and not value:
        refuse()
    return {"int64": read_int64, "price": read_price}.get(wanted, str)(value), is_exact


def read_object(value, members, notes, at=""):
    if not isinstance(value, dict):
        refuse()
    read = {}
    for name, member in members.items():
        read[name] = read_member(value.get(name, MISSING), *member, notes, f"{at}/{name}")
    return read


def is_blank(value, wanted, effect):  # D18
    what = kind(value)
    return what in ("missing", "null") or effect != "mismatch" and (
        what == "an empty text" and wanted in ("id", "name") or what == "zero" and wanted == "price" or
        what == "an empty array" and isinstance(wanted, dict))


def read_member(value, wanted, is_required, effect, notes, at):
    if value is MISSING and not is_required or value is None and wanted in ("key", "comment") or \
            value == "" and wanted == "key":
        return None
    try:
        if effect != "malformed" and is_blank(value, wanted, effect):
            notes["deviations"].append((at, kind(value)))
            return None
        if isinstance(wanted, dict):
            return read_object(value, wanted, notes, at)
        read, is_exact = read_value(value, wanted)
    except Unreadable:
        if effect == "malformed":
            raise
        notes[effect] = True
        notes["deviations"].append((at, kind(value)))
        return None
    if not is_exact:
        notes["deviations"].append((at, kind(value)))
        notes["numeric key"] = notes.get("numeric key") or wanted == "key"
    return read


def has_key(members):
    product = members.get("product")
    try:
        return isinstance(product, dict) and read_value(product.get("productKey"), "key")[0] != ""
    except Unreadable:
        return False


def judge(answer):
    operation, code, body = answer["operation"], answer["httpStatus"], base64.b64decode(answer["bodyBase64"])
    content_type = {name.lower(): value for name, value in answer["headers"].items()}.get("content-type")
    notes = {"deviations": []}
    broken = "malformed" if code < 300 else "request-refused" if code in DOOR else "http-status"
    if 300 <= code < 400 or code >= 500:  # C10, C5
        return result(operation, "unknown", "redirect" if code < 400 else "http-status")
    if len(body) > 1048576:
        return result(operation, "unknown", "too-large")
    try:
        members = parse(decode(body, content_type))
        status = members.get("status") if isinstance(members, dict) else None
        if isinstance(status, Number) or not isinstance(status, str):
            refuse()
        outcome = OUTCOMES[operation].get(status)
        is_contradiction = outcome not in (None, "succeeded") and operation != "check" and has_key(members)  # D17
        if code >= 300 and (outcome in (None, "succeeded") or is_contradiction):  # C8
            return result(operation, "unknown", "http-status")
        if outcome is None or is_contradiction:  # D3
            return result(operation, "unknown", "malformed" if outcome else "unrecognised-status")
        read = read_object(members, MEMBERS[operation][outcome != "succeeded"], notes)
    except Unreadable:
        return result(operation, "unknown", broken, {"deviations": [], "no status": code >= 400})
    product = read.get("product") or {}
    asked = parse(answer["request"]).get("product_id")
    if notes.get("mismatch") or asked and product.get("id") not in (None, asked):  # D10, D17
        return result(operation, "unknown", "mismatch", notes)
    values = {name: product.get(name) for name in ("id", "price", "productKey")}
    return result(operation, outcome, None, notes, {**values, "partner_txn_id": read.get("partner_txn_id")})


def result(operation, outcome, reason, notes=None, values=None):
    notes = notes or {"deviations": []}
    values = {name: value for name, value in (values or {}).items() if value is not None and outcome == "succeeded"}
    if outcome == "undecided":  # A1
        outcome, reason = "unknown", "undecided"
    if operation == "check":
        money = {"succeeded": "offer", "rejected": "do-not-sell"}.get(outcome, "check-again")
    elif outcome == "succeeded":
        money = "key-unread" if notes.get("secret") else "no-key" if "productKey" not in values else \
            "deliver-and-tell" if notes.get("numeric key") else "deliver"
    else:
        money = {"rejected": "refund", "absent": "count"}.get(outcome, "ask")
        money += "-and-tell" if reason in ("mismatch", "request-refused") else ""
    keeps = money in ("key-unread", "deliver-and-tell") or operation == "pay" and outcome == "unknown" and (
        reason not in ("redirect", "request-refused", "undecided") and not notes.get("no status"))  # C3
    deviations = [{"pointer": pointer, "actual": actual} for pointer, actual in sorted(notes["deviations"])]
    return {"outcome": outcome, "reason": reason, "deviations": deviations, "money": money, "keepsBody": keeps,
            "reads": values}


def judge_number(case):
    try:
        value, is_exact = read_value(parse(case["literal"]), case["type"])
        return {"reads": value, "isExact": is_exact}
    except Unreadable:
        return {"reads": None, "isExact": False}


def main(files):
    failed = 0
    for case in (case for file in files for case in json.load(open(file, encoding="utf-8"))["cases"]):
        found = judge_number(case) if "literal" in case else judge(case)
        wrong = {name: value for name, value in found.items() if value != case["expected"][name]}
        failed += bool(wrong)
        if wrong:
            print(f"{case.get('name', case.get('literal'))}: {wrong}, expected {case['expected']}")
    for line in sys.stdin if not files else ():
        print(json.dumps((judge_number if "literal" in (case := json.loads(line)) else judge)(case)), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
