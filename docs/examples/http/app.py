#!/usr/bin/env python3
"""A whole application for Parley's http connector, with nothing but the standard library.

Every line typed is a message of a customer; what the business answers is printed.

    PARLEY_HOOK=https://hub.example.com/hooks/…   PARLEY_SECRET=whsec_…   python3 app.py [port]

Give the link the address that is printed as its api_base.
"""
import base64, hashlib, hmac, json, os, sys, threading, time, urllib.error, urllib.request, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOOK, SECRET = os.environ["PARLEY_HOOK"], os.environ["PARLEY_SECRET"]
KEYS = [base64.b64decode(s[6:]) if s.startswith("whsec_") else s.encode() for s in SECRET.split()]
TOLERANCE = 300  # seconds


def sign(key, id, timestamp, body):
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def authentic(headers, body):
    id, timestamp, given = (headers.get("webhook-" + h, "") for h in ("id", "timestamp", "signature"))
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    want = [sign(key, id, timestamp, body) for key in KEYS]
    return any(hmac.compare_digest(g.encode(), w.encode()) for g in given.split(" ") for w in want)


def tell(event, event_id=None):
    """Tells the hub what happened, until it has it. The same event_id is the same event."""
    envelope = {"event_id": event_id or str(uuid.uuid4()), "from": {"id": "customer-1", "name": "Ada"},
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "event": event}
    body, wait = json.dumps(envelope).encode(), 0.5
    while True:
        id, timestamp = str(uuid.uuid4()), str(int(time.time()))
        request = urllib.request.Request(HOOK, body, {
            "content-type": "application/json", "webhook-id": id, "webhook-timestamp": timestamp,
            "webhook-signature": sign(KEYS[0], id, timestamp, body)})
        try:
            urllib.request.urlopen(request, timeout=30).close()
            return  # 2xx: the hub has it durably
        except urllib.error.HTTPError as e:
            if e.code < 500 and e.code != 429:
                print("refused:", e.code, e.read().decode(), flush=True)
                return  # repeating will not help
        except OSError:
            pass  # no answer: it may have it, and will recognise the event_id
        time.sleep(wait)
        wait = min(wait * 2, 60)


class Messages:
    """What customers see, once for each key."""

    def __init__(self):
        self.lock, self.by_key, self.by_id = threading.Lock(), {}, {}

    def take(self, call):
        try:
            with self.lock:
                return getattr(self, "op_" + call["op"], self.unsupported)(call)
        except (KeyError, TypeError, AttributeError):
            return 400, {"text": "this is no call"}

    def op_post(self, call):
        key, shown = call["key"], words(call["message"])
        if key in self.by_key:  # a repetition: say so, show nothing
            return 409, {"remote_id": self.by_key[key]}
        remote_id = f"m-{len(self.by_id) + 1}"
        self.by_key[key], self.by_id[remote_id] = remote_id, call
        print(f"{call.get('sender', {}).get('kind', 'hub')}: {shown}", flush=True)
        # Off this request's path: the hub learns that the customer has read it.
        receipt = {"type": "receipt", "target": remote_id, "state": "read"}
        threading.Thread(target=tell, args=(receipt, f"read-{remote_id}"), daemon=True).start()
        return 200, {"remote_id": remote_id}

    def op_edit(self, call):
        return self.change(call, lambda: print(f"(now reads: {words(call['message'])})", flush=True))

    def op_revoke(self, call):
        return self.change(call, lambda: print("(a message was taken back)", flush=True))

    def op_react(self, call):
        return self.change(call, lambda: print(f"(reaction: {call.get('emoji') or 'none'})", flush=True))

    def op_typing(self, call):
        return 200, {}

    op_read = op_probe = op_typing

    def change(self, call, show):
        if call["target"] not in self.by_id:
            return 422, {"code": "no_such_message"}
        show()
        return 200, {"remote_id": call["target"]}

    def unsupported(self, call):
        return 422, {"code": "unsupported"}


def words(message):
    """The message for a screen that shows only text."""
    out = []
    for part in message["parts"]:
        if part["type"] == "text":
            out.append(part["body"])
        elif part["type"] == "media":
            out.append(f"[{part['kind']}: {part.get('url', '')}] {part.get('caption', '')}".strip())
        elif part["type"] == "choices":
            out.append(" / ".join([part.get("prompt", "")] + [o["label"] for o in part["options"]]))
        else:
            out.append(f"[{part['type']}]")
    return " ".join(out)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    messages = Messages()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status, answer = 401, {"text": "the signature does not fit"}
        if authentic(self.headers, body):
            try:
                status, answer = self.messages.take(json.loads(body))
            except (ValueError, RecursionError):
                status, answer = 400, {"text": "this is no JSON"}
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"api_base: http://127.0.0.1:{server.server_port}/parley", flush=True)
    for n, line in enumerate(sys.stdin):
        tell({"type": "posted", "message": {"remote_id": f"in-{n}", "parts": [{"type": "text", "body": line.strip()}]}})
