// Posts every example delivery of the types that the github source reads, signed by GitHub's own client library, to
// each of the named sources, and prints the daemon's response to each in one line.
//   node octokit.mjs INTAKE_URL SECRET SOURCE...
import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";
import { Webhooks } from "@octokit/webhooks";

const [, , url, secret, ...sources] = process.argv;
const examples = createRequire(import.meta.url)("@octokit/webhooks-examples/api.github.com/index.json");
const types = ["ping", "deployment", "deployment_status", "release", "workflow_run", "pull_request", "push", "issues"];
const webhooks = new Webhooks({ secret });

async function deliver(source, event, body, signature, id = randomUUID()) {
  const answer = await fetch(`${url}/webhooks/${source}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/test",
      "x-github-event": event,
      "x-github-delivery": id,
      "x-hub-signature-256": signature,
    },
    body,
  });
  return { status: answer.status, body: await answer.json() };
}

for (const { name, examples: bodies } of examples.filter((e) => types.includes(e.name))) {
  for (const [index, example] of bodies.entries()) {
    const body = JSON.stringify(example);
    const signature = await webhooks.sign(body);
    for (const source of sources) {
      const id = `${source}.${name}.${index}`;
      const { status, body: answer } = await deliver(source, name, body, signature, id);
      const became = answer.accepted > 0 ? "" : `ignored: ${answer.reason}`;
      console.log([name, index, example.action ?? "-", source, status, id, became].join("\t"));
    }
    // with one changed byte in the body or the signature
    const tampered = body.replace(/[0-9]/, (digit) => String((Number(digit) + 1) % 10));
    const wrong = signature.slice(0, -1) + (signature.endsWith("0") ? "1" : "0");
    for (const [b, s] of [[tampered, signature], [body, wrong], [body, ""], [body, "sha256="]]) {
      const { status } = await deliver(sources[0], name, b, s);
      if (status !== 401) throw new Error(`${name} ${index}: status ${status} for a changed byte; expected 401`);
    }
  }
}
