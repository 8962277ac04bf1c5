"""The one way in which tests start a daemon, a PostgreSQL, a Prometheus, and send to them."""
from harness.daemon import GITHUB, SECRET, SIGNING_TOKEN, TOKEN, Answer, Daemon, command, demo, is_sanitized, request, signature
from harness.disks import Disk, Image
from harness.house import ROOT, Failed, House, Process, ago, free_port, wait_until
from harness.load import Load
from harness.postgres import BINARIES, Cluster, Server
from harness.prometheus import Alertmanager, Prometheus
