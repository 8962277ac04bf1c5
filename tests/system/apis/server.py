"""What all API servers have in common: a token, a record of the requests, limits, failures, ETags, a clock of their own."""
import contextlib
import email.utils
import hashlib
import http.server
import json
import random
import socket
import ssl
import threading
import time
import urllib.parse
from types import SimpleNamespace

from harness import free_port


class Reply:
    """An answer; `body` becomes JSON unless it is text."""

    def __init__(self, body=None, status=200, **headers):
        self.body = body if isinstance(body, str) else json.dumps(body)
        self.status, self.headers = status, {name.replace("_", "-"): str(value) for name, value in headers.items()}


class Api:
    """A server; a subclass has `answer`. Failures are chosen at random from `failures`: "500", "502", "truncated", "closed",
    "refused" (a rate limit of `pause` seconds); at most `share` of the requests fail, and none twice in a row."""

    TOKEN = "api-token-4711"

    def __init__(self, house, *, failures=(), share=0.2, seed=0, skew=0, limit=None, pause=1, forbidden=(), tls=None):
        self.failures, self.share, self.random, self.skew, self.pause = failures, share, random.Random(seed), skew, pause
        self.limit, self.left, self.reset = limit, limit, 0
        self.forbidden = forbidden  # beginnings of paths that the token may not read
        self.requests, self.failed, self.unchanged, self.refused = [], 0, 0, 0
        self.last_failed, self.lock = False, threading.Lock()
        self.port = free_port()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                api.handle(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate(time.time() + api.skew, usegmt=True)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.scheme = "https" if tls else "http"
        if tls:  # a certificate and its key
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        house.running.append(self)

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def end(self):
        self.server.shutdown()
        self.server.server_close()

    # the proof of the token, which a subclass may replace
    def is_authorized(self, headers):
        return headers.get("Authorization") == f"Bearer {self.TOKEN}"

    def answer(self, asked):
        """The reply to a request: method, path, query (a dictionary), body (JSON or None), headers."""
        raise NotImplementedError

    def failure(self):
        """A failure for this request, or None."""
        with self.lock:
            if self.last_failed or not self.failures or self.random.random() > self.share:
                self.last_failed = False
                return None
            self.last_failed = True
            self.failed += 1
            return self.random.choice(self.failures)

    def limited(self):
        """Whether the documented limit of requests is used up; it is renewed after `pause` seconds."""
        if self.limit is None:
            return False
        with self.lock:
            if time.time() >= self.reset:
                self.left, self.reset = self.limit, time.time() + self.pause
            if self.left == 0:
                self.refused += 1
                return True
            self.left -= 1
            return False

    def limit_headers(self):
        return {} if self.limit is None else {"X-RateLimit-Remaining": self.left, "X-RateLimit-Reset": int(self.reset + self.skew) + 1}

    def refusal(self):
        """As the tool refuses a request above its limit."""
        return Reply({"message": "API rate limit exceeded"}, 403)

    def handle(self, connection):
        length = int(connection.headers.get("Content-Length") or 0)
        raw = connection.rfile.read(length) if length else b""
        split = urllib.parse.urlsplit(connection.path)
        asked = SimpleNamespace(method=connection.command, path=urllib.parse.unquote(split.path), raw_path=split.path, query=dict(urllib.parse.parse_qsl(split.query)),
                                body=json.loads(raw) if raw else None, headers=connection.headers, full=connection.path)
        self.requests.append(f"{asked.method} {connection.path}")
        failure = self.failure()
        if failure == "closed":
            connection.close_connection = True
            connection.connection.close()
            return
        if failure in ("500", "502"):
            reply = Reply("<html>Bad gateway</html>", int(failure))
        elif failure == "refused":
            reply = Reply({"message": "You have exceeded a secondary rate limit"}, 403, Retry_After=self.pause)
        elif self.limited():
            reply = self.refusal()
        elif not self.is_authorized(connection.headers):
            reply = Reply({"message": "Bad credentials"}, 401)
        elif any(part in connection.path for part in self.forbidden):
            reply = Reply({"message": "Resource not accessible by personal access token"}, 403)
        else:
            reply = self.answer(asked)
        self.send(connection, reply, is_truncated=failure == "truncated")

    def send(self, connection, reply, is_truncated):
        body = reply.body.encode()
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
        if reply.status == 200 and connection.headers.get("If-None-Match") == etag:
            self.unchanged += 1
            reply, body = Reply("", 304), b""
        connection.send_response(reply.status)
        headers = {"Content-Type": "application/json", "ETag": etag, **self.limit_headers(), **reply.headers}
        for name, value in headers.items():
            connection.send_header(name, str(value))
        connection.send_header("Content-Length", str(len(body)))
        connection.end_headers()
        if is_truncated:
            connection.wfile.write(body[: len(body) // 2])
            connection.close_connection = True
            connection.connection.close()
        else:
            connection.wfile.write(body)


def page_of(asked, objects, most=100):
    """One page by `page` and `per_page`, and the headers that link the next one."""
    size, number = min(int(asked.query.get("per_page", 30)), most), int(asked.query.get("page", 1))
    page = objects[(number - 1) * size : number * size]
    if number * size >= len(objects):
        return page, {}
    query = urllib.parse.urlencode({**asked.query, "page": number + 1})
    # as behind a proxy: the host of a link need not be the one that was asked
    return page, {"Link": f'<https://api.example{asked.raw_path}?{query}>; rel="next", <https://api.example{asked.raw_path}?page=9>; rel="last"'}


class Proxy:
    """A proxy that opens tunnels by CONNECT, and records them."""

    def __init__(self, house):
        self.tunnels, self.port = [], free_port()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_CONNECT(self):
                host, port = self.path.rsplit(":", 1)
                proxy.tunnels.append(self.path)
                with socket.create_connection((host, int(port))) as to:
                    self.send_response(200)
                    self.end_headers()
                    back = threading.Thread(target=pump, args=(to, self.connection), daemon=True)
                    back.start()
                    pump(self.connection, to)
                    back.join(5)
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        house.running.append(self)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def end(self):
        self.server.shutdown()
        self.server.server_close()


def pump(source, target):
    """Copies bytes until one side ends."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
