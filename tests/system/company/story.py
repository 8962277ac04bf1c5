"""The facts of a company's month, independent of the reporting tools. Every time is a day and a time (UTC) of that month."""
import datetime
import hashlib
from types import SimpleNamespace

TITLE_OF_HOTFIX = "Round the tax of gift cards"


def sha(service, title):
    return hashlib.sha1(f"{service} {title}".encode()).hexdigest()


class Month:
    """The month that begins at `begin`, an instant of UTC."""

    def __init__(self, begin):
        self.begin = begin

    def at(self, text):
        day, clock = text.split()
        hours, minutes = clock.split(":")
        return self.begin + datetime.timedelta(days=int(day) - 1, hours=int(hours), minutes=int(minutes))


def facts(month):
    """(kind of fact, its values) in order of time, separately for each service."""
    at, all_facts = month.at, []
    finished = {}  # by service and region: the last deployed version

    def add(what, **values):
        all_facts.append((what, SimpleNamespace(**values)))

    def commit(service, title, authored, pushed, branch="main", picked_from=None):
        add("commit", service=service, sha=sha(service, title), title=title, authored=at(authored), pushed=at(pushed), branch=branch, picked_from=picked_from)

    def tag(service, version, title, tagged):
        tagged_commit = next(f for what, f in all_facts if what == "commit" and (f.service, f.title) == (service, title))
        add("tag", service=service, version=version, sha=tagged_commit.sha, at=at(tagged), title=title, authored=tagged_commit.authored)

    def deployment(service, version, title, started, done, proxy=None, region=None):
        before = finished.get((service, region))
        finished[service, region] = version
        add("deployment", service=service, version=version, sha=sha(service, title), started=at(started), finished=at(done), proxy=proxy, region=region,
            before=before, branch="release/1.8" if title == TITLE_OF_HOTFIX else "main", number=len(all_facts))

    # checkout: two planned releases. The second breaks payments; a hotfix follows and is merged back on the next day.
    commit("checkout", "Show the delivery date", "02 08:00", "02 08:30")
    tag("checkout", "1.8.2", "Show the delivery date", "02 09:00")
    deployment("checkout", "1.8.2", "Show the delivery date", "02 09:50", "02 10:00")
    commit("checkout", "Accept gift cards", "05 06:00", "05 07:00")
    tag("checkout", "1.8.3", "Accept gift cards", "05 09:00")
    deployment("checkout", "1.8.3", "Accept gift cards", "05 09:50", "05 10:00")
    # One outage: a page, and a ticket that Ana writes and closes later. Ana and Ben work on it.
    add("page", state="open", at=at("05 11:00"), opened=at("05 11:00"))
    add("page", state="acknowledged", at=at("05 11:10"), opened=at("05 11:00"))
    add("page", state="resolved", at=at("05 13:00"), opened=at("05 11:00"))
    add("ticket", state="open", at=at("05 11:05"), opened=at("05 11:05"))
    add("ticket", state="acknowledged", at=at("05 11:10"), opened=at("05 11:05"))
    add("ticket", state="resolved", at=at("05 15:00"), opened=at("05 11:05"))
    # The pull request has the label, but no branch or title of a hotfix. Its squashed commit has the time of the merge.
    commit("checkout", TITLE_OF_HOTFIX, "05 11:50", "05 11:50", branch="release/1.8")
    add("pull_request", service="checkout", number=42, title=TITLE_OF_HOTFIX, labels=["hotfix"], branch="gift-card-tax", base="release/1.8",
        head=sha("checkout", "the branch's own commit"), sha=sha("checkout", TITLE_OF_HOTFIX), merged=at("05 11:50"), added=9, removed=3)
    tag("checkout", "1.8.4", TITLE_OF_HOTFIX, "05 12:00")
    deployment("checkout", "1.8.4", TITLE_OF_HOTFIX, "05 12:20", "05 12:30")
    commit("checkout", "Round the tax of gift cards on main", "06 09:00", "06 09:00", picked_from=sha("checkout", TITLE_OF_HOTFIX))

    # search: its proxy is a separate image. The proxy is updated alone; the release is rolled back, the new proxy stays.
    commit("search", "Rank by rating", "03 08:00", "03 08:30")
    tag("search", "2.0.0", "Rank by rating", "03 09:00")
    deployment("search", "2.0.0", "Rank by rating", "03 13:50", "03 14:00", proxy="v1.27.0")
    commit("search", "Rank by sales", "10 10:00", "10 10:10")
    tag("search", "2.1.0", "Rank by sales", "10 10:20")
    deployment("search", "2.1.0", "Rank by sales", "10 11:50", "10 12:00", proxy="v1.27.0")
    deployment("search", "2.1.0", "Rank by sales", "10 12:50", "10 13:00", proxy="v1.28.0")
    deployment("search", "2.0.0", "Rank by rating", "10 13:50", "10 14:00", proxy="v1.28.0")

    # cart: two releases to three regions, the second rolled back in one of them
    commit("cart", "Keep carts for a week", "04 06:00", "04 06:10")
    tag("cart", "3.0.0", "Keep carts for a week", "04 06:30")
    for region, started, done in (("eu", "07:50", "08:00"), ("us", "08:20", "08:30"), ("ap", "08:50", "09:00")):
        deployment("cart", "3.0.0", "Keep carts for a week", f"04 {started}", f"04 {done}", region=region)
    commit("cart", "Share a cart", "11 06:00", "11 06:10")
    tag("cart", "3.1.0", "Share a cart", "11 06:30")
    for region, started, done in (("eu", "08:50", "09:00"), ("us", "09:20", "09:30"), ("ap", "09:50", "10:00")):
        deployment("cart", "3.1.0", "Share a cart", f"11 {started}", f"11 {done}", region=region)
    deployment("cart", "3.0.0", "Keep carts for a week", "11 10:20", "11 10:30", region="ap")
    return all_facts
