"""A small service manager: holds the listening sockets, starts the daemon on them, and restarts it while senders send.

service_manager.py DAEMON CONFIG TOKEN RESTARTS: prints the numbers of acknowledged and failed deliveries, and the daemon's
notifications to the manager.
"""
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

daemon, config, token, restarts = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])


def listening():
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", 0))
    made.listen(128)
    made.set_inheritable(True)
    return made


sockets = [listening(), listening()]
intake, operations = (s.getsockname()[1] for s in sockets)
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify_path = os.path.join(tempfile.mkdtemp(prefix="rh-notify-"), "notify")
notify.bind(notify_path)
notify.settimeout(60)


def start():
    def on_its_descriptors():
        for wanted, given in ((3, sockets[0].fileno()), (4, sockets[1].fileno())):
            os.dup2(given, wanted + 100)
        for wanted in (3, 4):
            os.dup2(wanted + 100, wanted)
            os.close(wanted + 100)
        os.environ.update(
            LISTEN_PID=str(os.getpid()),
            LISTEN_FDS="2",
            LISTEN_FDNAMES="intake:operations",
            NOTIFY_SOCKET=notify_path,
            WATCHDOG_USEC="400000",
            WATCHDOG_PID=str(os.getpid()),
        )
        os.execv(daemon, [daemon, "serve", "--config", config])

    pid = os.fork()
    if pid == 0:
        try:
            on_its_descriptors()
        finally:
            os._exit(127)
    return pid


told = []


def wait_for(word):
    while True:
        said = notify.recv(4096).decode()
        told.append(said.split("=")[0])
        if said.startswith(word):
            return


acknowledged, failed = [], []
done = threading.Event()


def send(sender):
    n = 0
    while not done.is_set():
        n += 1
        event = {"id": f"{sender}-{n}", "type": "deployment", "service": "checkout", "version": f"{sender}-{n}", "state": "succeeded"}
        try:
            to = http.client.HTTPConnection("127.0.0.1", intake, timeout=10)
            to.request("POST", "/api/v1/events", json.dumps(event), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            status = to.getresponse().status
            (acknowledged if status == 202 else failed).append((event["id"], status))
            to.close()
        except OSError as e:
            failed.append((event["id"], repr(e)))


pid = start()
wait_for("READY=1")
wait_for("WATCHDOG=1")
senders = [threading.Thread(target=send, args=(n,)) for n in range(4)]
for s in senders:
    s.start()
for _ in range(restarts):
    time.sleep(0.5)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
    pid = start()
    wait_for("READY=1")
os.kill(pid, signal.SIGHUP)
wait_for("RELOADING=1")
wait_for("READY=1")
time.sleep(0.3)
done.set()
for s in senders:
    s.join()
os.kill(pid, signal.SIGTERM)
wait_for("STOPPING=1")
status = os.waitpid(pid, 0)[1]
print(json.dumps({"acknowledged": len(acknowledged), "failed": failed[:5], "exit": os.waitstatus_to_exitcode(status), "ids": [i for i, _ in acknowledged]}))
