// Sends the same story from each source: two releases, an incident, a rollback, its end, a hotfix; in a random order, each
// delivery twice. Prints one line per source and outcome with the numbers of accepted, ignored and duplicate deliveries.
//   node stories.mjs INTAKE_URL SEED NOW_MS SECRET SIGNING_TOKEN API_TOKEN
import { senders } from "./senders.mjs";

const [, , url, seed, now, secret, signingToken, token] = process.argv;
const minutes = (n) => Math.floor(Number(now) / 60000) * 60000 - n * 60000;

const deployment = (version, kind, at, state = "succeeded") =>
  ["deployment", { version, kind, state, started: minutes(at + 1), at: minutes(at) }];
const incident = (state, started, at) => ["incident", { name: "checkout is down", state, started: minutes(started), at: minutes(at) }];
const story = [
  deployment(1, "planned", 300),
  deployment(2, "planned", 240),
  incident("open", 200, 200),
  deployment(1, "rollback", 180),
  incident("resolved", 200, 170),
  deployment(3, "hotfix", 130, "failed"),
  deployment(3, "hotfix", 120),
];

// mulberry32: the same order for the same seed
let state = Number(seed) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
function shuffle(list) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

// Alertmanager sends the notifications of a group in order: a firing one after a resolved one means that it fires again.
function keepOrder(list, told) {
  const inOrder = told.filter(({ path }) => path.endsWith("/alertmanager")).flatMap((d) => [d, d]);
  return list.map((d) => (d.path.endsWith("/alertmanager") ? inOrder.shift() : d));
}

for (const [name, make] of Object.entries(senders)) {
  const sender = make(`story-${name}`, { secret, signingToken, token });
  const told = [];
  // CDEvents have no failed deployment: the attempt is not reported, and no figure may depend on it
  for (const [fact, value] of story)
    if (value.state !== "failed" || name !== "cloudevents") told.push(...(await Promise.all([await sender[fact](value)].flat())));
  const counted = { accepted: 0, duplicates: 0, ignored: 0 };
  for (const { path, headers, body } of keepOrder(shuffle([...told, ...told]), told)) {
    const answer = await fetch(url + path, { method: "POST", headers, body });
    const said = await answer.json();
    if (answer.status !== 202) throw new Error(`${name}: ${answer.status} ${JSON.stringify(said)} to ${body}`);
    for (const outcome of Object.keys(counted)) counted[outcome] += said[outcome];
  }
  console.log([name, counted.accepted, counted.duplicates, counted.ignored].join("\t"));
}
