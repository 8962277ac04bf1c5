// Deliveries to every kind of source: signed by the sender's own client if it exists, then with a changed byte, with another
// secret, without a secret, repeated, with the wrong media type, truncated and of an unknown type.
//   node contract.mjs config SECRET SIGNING_TOKEN          the sources, as TOML
//   node contract.mjs run INTAKE_URL SECRET SIGNING_TOKEN  a line for each check; those that fail are an error at the end
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { CloudEvent, HTTP } from "cloudevents";
import { hmac, now, standard, token } from "./proofs.mjs";
import { iso } from "./senders.mjs";

const root = new URL("../../", import.meta.url);

/** A fixture of the collector: its headers, settings and body. */
function fixture(kind, name) {
  const text = readFileSync(new URL(`collectors/${kind}/fixtures/${name}.http`, root), "utf8");
  const end = text.indexOf("\n\n");
  const headers = {}, settings = {};
  for (const line of text.slice(0, end).split("\n")) {
    const [, header, value] = line.match(/^([^:]+): (.*)$/);
    if (header !== "Fixture-Setting") headers[header.toLowerCase()] = value;
    else settings[value.slice(0, value.indexOf("="))] = value.slice(value.indexOf("=") + 1);
  }
  return { headers, settings, body: text.slice(end + 2) };
}

// Each collector's contract.mjs exports a fixture that gives an event, the authentication of a delivery (secret, body, id),
// whether it covers the body, and headers or a body of a type that the collector ignores.
const kinds = {};
for (const kind of readdirSync(new URL("collectors", root)).sort()) {
  const file = new URL(`collectors/${kind}/contract.mjs`, root);
  if (existsSync(file)) kinds[kind] = (await import(file)).default;
}
const lists = ["jobs", "stages", "pipelines", "statuses", "workflows"];
const signs = (kind) => ["gitlab", "standard-webhooks", "incidentio"].includes(kind);

const [, , mode, ...args] = process.argv;
if (mode === "config") {
  const [secret, signingToken] = args;
  for (const [kind, { fixture: name }] of Object.entries(kinds)) {
    console.log(`[[source]]\nname = "${kind}"\nkind = "${kind}"\nsecret = "${signs(kind) ? signingToken : secret}"`);
    for (const [key, value] of Object.entries(fixture(kind, name).settings)) console.log(`${key} = ${lists.includes(key) ? `["${value}"]` : `"${value}"`}`);
  }
  process.exit(0);
}

const [url, secret, signingToken] = args;
const failures = [];
async function post(path, headers, body) {
  const answer = await fetch(url + path, { method: "POST", headers, body });
  return { status: answer.status, ...(await answer.json()) };
}
function expect(what, wanted, answer) {
  const ok = Object.entries(wanted).every(([key, value]) => answer[key] === value);
  if (ok) console.log(`ok\t${what}`);
  else failures.push(`FAILED\t${what}\t${JSON.stringify(answer)}`);
}

for (const [kind, { fixture: name, proof, coversBody, unknownType }] of Object.entries(kinds)) {
  const own = signs(kind) ? signingToken : secret, other = signs(kind) ? `whsec_${Buffer.from("x".repeat(24)).toString("base64")}` : "another";
  const { headers, body } = fixture(kind, name);
  const path = `/webhooks/${kind}`, id = `contract-${kind}`;
  const proven = await proof(own, body, id);
  const changed = body.replace(/"(succeeded|open|checkout)/, '"$1x');
  expect(`${kind}: without proof`, { status: 401 }, await post(path, headers, body));
  expect(`${kind}: another secret`, { status: 401 }, await post(path, { ...headers, ...(await proof(other, body, id)) }, body));
  expect(`${kind}: an empty secret`, { status: 401 }, await post(path, { ...headers, ...Object.fromEntries(Object.keys(proven).map((k) => [k, ""])) }, body));
  if (coversBody) expect(`${kind}: a changed byte`, { status: 401 }, await post(path, { ...headers, ...proven }, body.replace("{", "{ ")));
  const first = await post(path, { ...headers, ...proven }, body);
  expect(`${kind}: accepted`, { status: 202, duplicates: 0, ignored: 0 }, first);
  expect(`${kind}: again`, { status: 202, accepted: 0, duplicates: first.accepted }, await post(path, { ...headers, ...(await proof(own, body, id)) }, body));
  const xml = { ...headers, "content-type": "application/xml" };
  expect(`${kind}: another media type`, { status: 415 }, await post(path, { ...xml, ...proven }, body));
  const half = body.slice(0, body.length / 2);
  expect(`${kind}: cut off`, { status: 400 }, await post(path, { ...headers, ...(await proof(own, half, id)) }, half));
  expect(`${kind}: a path below it`, { status: kind === "devlake" ? 202 : 404 }, await post(`${path}/deployments`, { ...headers, ...proven }, body));
  if (unknownType) {
    const text = unknownType.body ? JSON.stringify(unknownType.body) : changed;
    const rest = Object.fromEntries(Object.entries(unknownType).filter(([key]) => key !== "body"));
    expect(`${kind}: of an unknown type`, { status: 202, ignored: 1 }, await post(path, { ...headers, ...rest, ...(await proof(own, text, `${id}-2`)) }, text));
  }
}

// Timestamps within five minutes in both directions; a weaker proof never replaces an invalid strong signature.
const at = (seconds) => new Date(Date.now() + seconds * 1000);
{
  const { headers, body } = fixture("standard-webhooks", "event");
  for (const seconds of [-310, 310]) {
    expect(`standard-webhooks: ${seconds} s off`, { status: 401 }, await post("/webhooks/standard-webhooks", { ...headers, ...standard(signingToken, "stale", body, undefined, "webhook", at(seconds)) }, body));
  }
  const gitlab = fixture("gitlab", "deployment.success");
  expect("gitlab: a wrong signature beside the right token", { status: 401 },
    await post("/webhooks/gitlab", { ...gitlab.headers, ...standard(`whsec_${Buffer.from("y".repeat(24)).toString("base64")}`, "weak", gitlab.body), "x-gitlab-token": signingToken }, gitlab.body));
  expect("gitlab: the old token alone", { status: 202 },
    await post("/webhooks/gitlab", { ...gitlab.headers, "idempotency-key": "weak-2", "x-gitlab-token": signingToken }, gitlab.body));
  const rootly = fixture("rootly", "created");
  expect("rootly: stale", { status: 401 },
    await post("/webhooks/rootly", { ...rootly.headers, "x-rootly-signature": `t=${now() - 400},v1=${hmac(secret, now() - 400 + rootly.body)}` }, rootly.body));
}

// CloudEvents in the modes of its own SDK, with a non-ASCII subject.
const cdevent = (n, subject) => {
  const context = { version: "0.4.1", id: `sdk-${n}`, source: "/pipelines/sdk", type: "dev.cdevents.service.deployed.0.2.0", timestamp: iso(Date.now() - 60000) };
  return new CloudEvent({ specversion: "1.0", id: context.id, source: context.source, type: context.type, time: context.timestamp, subject,
    datacontenttype: "application/json",
    data: { context, subject: { id: subject, type: "service", content: { environment: { id: "production" }, artifactId: `pkg:oci/app@${n}` } } } });
};
const cloud = token(secret);
const binary = HTTP.binary(cdevent(1, "svc-sdk")), structured = HTTP.structured(cdevent(2, "svc-sdk"));
expect("cloudevents: binary", { status: 202, accepted: 1 }, await post("/webhooks/cloudevents", { ...binary.headers, ...cloud }, binary.body));
expect("cloudevents: structured", { status: 202, accepted: 1 }, await post("/webhooks/cloudevents", { ...structured.headers, ...cloud }, structured.body));
const batch = JSON.stringify([3, 4].map((n) => cdevent(n, "svc-sdk").toJSON()));
expect("cloudevents: batch", { status: 202, accepted: 2 }, await post("/webhooks/cloudevents", { ...cloud, "content-type": "application/cloudevents-batch+json" }, batch));
expect("cloudevents: an empty batch", { status: 202, accepted: 0 }, await post("/webhooks/cloudevents", { ...cloud, "content-type": "application/cloudevents-batch+json" }, "[]"));
expect("cloudevents: token in the query", { status: 202 }, await post(`/webhooks/cloudevents?access_token=${secret}`, structured.headers, structured.body));

/** Header values as bytes: the SDK leaves a subject like this one as it is, and Node's fetch refuses it. */
function raw(path, headers, body, encoding) {
  const bytes = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, Buffer.from(v, encoding).toString("latin1")]));
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method: "POST", headers: { ...bytes, "content-length": Buffer.byteLength(body) } }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part)).on("end", () => resolve({ status: answer.statusCode, ...JSON.parse(Buffer.concat(parts)) }));
    });
    sent.on("error", reject).end(Buffer.from(body)); // as text, Node would also encode the headers as UTF-8
  });
}
for (const [n, encoding] of [[5, "utf8"], [6, "latin1"]]) {
  const message = HTTP.binary(cdevent(n, 'svc "a" é'));
  expect(`cloudevents: a subject in ${encoding}`, { status: 202, accepted: 1 }, await raw("/webhooks/cloudevents", { ...message.headers, ...cloud }, message.body, encoding));
}
if (failures.length) throw new Error(failures.join("\n"));
