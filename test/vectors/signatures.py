"""Checks signatures.json alone: python3 signatures.py FILE. The standard library is enough."""

import base64
import hashlib
import hmac
import json
import re
import sys
from urllib.parse import urlsplit

KEY = r"[a-z*][a-z0-9_.*-]*"
ITEM = r'(?:"(?:[^"\\]|\\.)*"|:[A-Za-z0-9+/=]*:|[^\s;,()":]+)'
PARAMETER = rf";({KEY})(?:=({ITEM}))?"
COMPONENT = rf'"[^"]+"(?:;{KEY}(?:={ITEM})?)*'
INPUT = rf"({KEY})=(\(((?:{COMPONENT}(?: {COMPONENT})*)?)\)((?:;{KEY}(?:={ITEM})?)*))"
DIGEST = rf"({KEY})=:([A-Za-z0-9+/]*=*):"
TYPES = {"created": r"-?\d+", "expires": r"-?\d+", "keyid": '".*"', "alg": '".*"', "nonce": '".*"', "tag": '".*"'}


class Refused(Exception):
    pass


def step(is_right, reason):
    if not is_right:
        raise Refused(reason)


def parse(headers):
    """Label, components, parameters, the text of both, signature."""
    step("signature-input" in headers and "signature" in headers, "no-credentials")
    found = re.match(INPUT, headers["signature-input"])
    step(found, "malformed-signature")
    step(not headers["signature-input"][found.end():].strip().startswith(","), "several-signatures")
    step(found.end() == len(headers["signature-input"]), "malformed-signature")
    label, text, listed, rest = found.groups()
    signature = re.fullmatch(rf"{re.escape(label)}=:([A-Za-z0-9+/]*=*):", headers["signature"])
    step(signature, "malformed-signature")
    components = re.findall(COMPONENT, listed)
    parameters = re.findall(PARAMETER, rest)
    step(len(set(components)) == len(components), "malformed-signature")
    step(len(dict(parameters)) == len(parameters), "malformed-signature")
    step(all(re.fullmatch(TYPES.get(name, ".*"), value) for name, value in parameters), "malformed-signature")
    return components, {name: value.strip('"') for name, value in parameters}, text, decode(signature[1])


def decode(text):
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def component(name, request, origin):
    url = urlsplit(request["url"])
    target = url.path + ("?" + url.query if url.query else "")
    known = {"@method": request["method"], "@path": url.path, "@query": "?" + url.query, "@request-target": target}
    if origin:
        scheme, authority = origin.split("://")
        known.update({"@scheme": scheme, "@authority": authority, "@target-uri": origin + target})
    name = name[1:-1]
    if name in known:
        return known[name]
    step(not name.startswith("@") and '"' not in name and ";" not in name, "unknown-component")
    step(name in request["headers"], "missing-header")
    return request["headers"][name]


def check_digest(header, body):
    step(re.fullmatch(rf"{DIGEST}(\s*,\s*{DIGEST})*", header), "malformed-digest")
    members = re.findall(DIGEST, header)
    step(len(dict(members)) == len(members), "malformed-digest")
    known = [(name, value) for name, value in members if name in ("sha-256", "sha-512")]
    step(known, "unsupported-digest")
    for name, value in known:
        step(hashlib.new(name.replace("-", ""), body).digest() == decode(value), "wrong-digest")


def verify(vector, keys):
    request, options = vector["request"], vector.get("options", {})
    components, parameters, text, signature = parse(request["headers"])
    step("created" in parameters and "keyid" in parameters, "missing-parameter")
    step(parameters.get("alg", "hmac-sha256") == "hmac-sha256", "wrong-algorithm")
    step(options.get("tag") in (None, parameters.get("tag")), "wrong-tag")
    for required in ("@method", "@path", "content-digest"):
        step(f'"{required}"' in components, "missing-component")
    lines = [f"{name}: {component(name, request, options.get('publicOrigin'))}" for name in components]
    base = "\n".join(lines + [f'"@signature-params": {text}'])
    age, tolerance = vector["now"] - int(parameters["created"]), options.get("toleranceSeconds", 300)
    step(age <= tolerance, "created-too-old")
    step(-age <= tolerance, "created-in-future")
    step(vector["now"] < int(parameters.get("expires", sys.maxsize)), "expired")
    check_digest(request["headers"]["content-digest"], request["body"].encode())
    step(parameters["keyid"] in keys, "unknown-key")
    key = keys[parameters["keyid"]]
    expected = hmac.new(bytes.fromhex(key["secretHex"]), base.encode(), "sha256").digest()
    step(hmac.compare_digest(expected, signature), "wrong-signature")
    step(base == vector["signatureBase"], "base")
    return key["merchant"]


def signed(vector, keys):
    """The headers of a vector, made from its method, URL, body, key and time alone."""
    key_id = re.search('keyid="(.*?)"', vector["request"]["headers"]["signature-input"])[1]
    digest = base64.b64encode(hashlib.sha256(vector["request"]["body"].encode()).digest()).decode()
    parameters = f'("@method" "@path" "content-digest");created={vector["now"]};keyid="{key_id}";alg="hmac-sha256"'
    path = urlsplit(vector["request"]["url"]).path
    base = f'"@method": {vector["request"]["method"]}\n"@path": {path}\n"content-digest": sha-256=:{digest}:\n'
    base += f'"@signature-params": {parameters}'
    signature = hmac.new(bytes.fromhex(keys[key_id]["secretHex"]), base.encode(), "sha256").digest()
    return {
        "content-digest": f"sha-256=:{digest}:",
        "signature-input": f"sig={parameters}",
        "signature": f"sig=:{base64.b64encode(signature).decode()}:",
    }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        vectors = json.load(file)
    wrong = 0
    for vector in vectors["cases"]:
        expected = vector["expected"]
        try:
            actual = {"merchant": verify(vector, vectors["keys"])}
        except Refused as refused:
            actual = {"refused": str(refused)}
        made = signed(vector, vectors["keys"]) if vector["kind"] == "sign" else {}
        if not made.items() <= vector["request"]["headers"].items():
            actual = {"signed": made}
        if actual != expected:
            wrong += 1
            print(f'{vector["name"]}: {actual}, should be {expected}')
    count = len(vectors["cases"])
    print(f"{count} signatures as they should be" if wrong == 0 else f"{wrong} wrong")
    sys.exit(wrong > 0)


main()
