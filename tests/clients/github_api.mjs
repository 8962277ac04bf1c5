// The part of GitHub's REST API for a hook's deliveries, as documented, over TLS.
//   node github_api.mjs PORT KEY_FILE CERTIFICATE_FILE TOKEN
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { iso } from "./senders.mjs";

const [, , port, key, cert, token] = process.argv;
const minutes = (n) => iso(Date.now() - n * 60000);
const repository = { full_name: "acme/checkout", default_branch: "main" };
const status = (id, state = "success") => ({
  deployment: { id, ref: "main", sha: String(id).padStart(40, "b"), task: "deploy", environment: "production", created_at: minutes(60) },
  deployment_status: { id, state, environment: "production", created_at: minutes(60 - id) },
  repository,
});

// attempts, the latest first, on two pages
const attempts = [
  { id: 16, guid: "again", event: "deployment_status", status_code: 202, redelivery: true, delivered_at: minutes(10), payload: status(5) },
  { id: 15, guid: "dead", event: "deployment_status", status_code: 503, delivered_at: minutes(20), payload: status(4, "melted") },
  { id: 14, guid: "hello", event: "ping", status_code: 0, delivered_at: minutes(25), payload: { zen: "Keep it logically awesome." } },
  { id: 13, guid: "again", event: "deployment_status", status_code: 0, delivered_at: minutes(30), payload: status(5) },
  { id: 12, guid: "missed", event: "deployment_status", status_code: 502, delivered_at: minutes(40), payload: status(2) },
  { id: 11, guid: "seen", event: "deployment_status", status_code: 202, delivered_at: minutes(50), payload: status(1) },
  { id: 10, guid: "old", event: "deployment_status", status_code: 0, delivered_at: minutes(60 * 24 * 10), payload: status(9) },
];
const page = 3;

createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  const url = new URL(request.url, "https://localhost");
  const answer = (code, body, headers = {}) => response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { message: "Bad credentials" });
  if (!request.headers["user-agent"]) return answer(403, { message: "Request forbidden by administrative rules." });
  const path = url.pathname.replace("/repos/acme/checkout/hooks", "");
  if (path === url.pathname) return answer(404, { message: "Not Found" });
  if (path === "") return answer(200, [
    { id: 6, config: { url: "https://ci.example/hook" } }, { id: 7, config: { url: "https://releasehealth.example/webhooks/github" } }]);
  if (path === "/7/deliveries") {
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const listed = attempts.slice(from, from + page).map(({ payload, ...rest }) => ({ redelivery: false, ...rest }));
    // the link points elsewhere: clients must use only its cursor
    const next = from + page < attempts.length ? { link: `<https://elsewhere.example/deliveries?per_page=100&cursor=${from + page}>; rel="next"` } : {};
    return answer(200, listed, next);
  }
  const found = attempts.find(({ id }) => path === `/7/deliveries/${id}`);
  if (!found) return answer(404, { message: "Not Found" });
  answer(200, {
    id: found.id, guid: found.guid, status_code: found.status_code, event: found.event,
    request: {
      headers: { Accept: "*/*", "Content-Type": "application/x-www-form-urlencoded", "X-GitHub-Delivery": found.guid, "X-GitHub-Event": found.event,
        "X-Hub-Signature-256": "sha256=0000" },
      payload: found.payload,
    },
  });
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
