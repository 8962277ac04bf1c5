// Deliveries of each source: bodies of its deployments and incidents, signed by its own client if it exists.
// A sender builds deliveries for two facts:
//   deployment({ version, state: "succeeded" | "failed", started, at, kind: "planned" | "rollback" | "hotfix" })
//   incident({ name, state: "open" | "resolved", started, at })
// each one { path, headers, body } or several. Versions are numbers, which each source names in its own form.
import { createHmac } from "node:crypto";
import { sign as signGithub } from "@octokit/webhooks-methods";
import { CloudEvent, HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";
import { Webhook as Svix } from "svix";

export const json = { "content-type": "application/json" };
export const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
export const hmac = (secret, text) => createHmac("sha256", secret).update(text).digest("hex");
export const basic = (password) => `Basic ${Buffer.from(`sender:${password}`).toString("base64")}`;
const sha = (version) => String(version).padStart(40, "a");
const branch = (kind, version) => (kind === "hotfix" ? `hotfix/${version}` : "main");

/** Headers of Standard Webhooks over `body`, by the library of its authors or by Svix'. */
export function standard(secret, id, body, Library = Webhook, prefix = "webhook", at = new Date()) {
  const signature = new Library(secret).sign(id, at, body);
  return { [`${prefix}-id`]: id, [`${prefix}-timestamp`]: String(Math.floor(at / 1000)), [`${prefix}-signature`]: signature };
}

function alertmanager(name, service, secret) {
  return ({ name: alert, state, started, at }) => {
    const labels = { alertname: alert, service };
    const ends = state === "resolved" ? iso(at) : "0001-01-01T00:00:00Z";
    const status = state === "resolved" ? "resolved" : "firing";
    const body = JSON.stringify({
      version: "4", status, receiver: "rh", groupKey: `{}:{alertname="${alert}"}`, truncatedAlerts: 0,
      groupLabels: {}, commonLabels: labels, commonAnnotations: {}, externalURL: "http://alertmanager.example",
      alerts: [{ status, labels, annotations: { summary: alert }, startsAt: iso(started), endsAt: ends, generatorURL: "",
        fingerprint: hmac("fingerprint", service + alert).slice(0, 16) }],
    });
    return { path: `/webhooks/${name}`, headers: { ...json, authorization: `Bearer ${secret}` }, body };
  };
}

/** Our own event on /api/v1/events: what a pipeline sends. */
function canonical(service, token) {
  return ({ version, state, started, at, kind }) => {
    const id = `${service}-${version}-${at}`;
    const body = JSON.stringify({
      id: `${id}-${state}`, type: "deployment", subject: id, service, state, version: `1.${version}.0`, time: iso(at),
      started_at: iso(started), ref: branch(kind, version), commit: sha(version),
    });
    return { path: "/api/v1/events", headers: { ...json, authorization: `Bearer ${token}` }, body };
  };
}

export const senders = {
  github: (service, { secret }) => {
    const repository = { full_name: service, default_branch: "main" };
    const sent = async (event, id, value) => {
      const body = JSON.stringify(value);
      return {
        path: "/webhooks/github",
        headers: { ...json, "x-github-event": event, "x-github-delivery": id, "x-hub-signature-256": await signGithub(secret, body) },
        body,
      };
    };
    return {
      deployment: ({ version, state, started, at, kind }) =>
        Promise.all([["in_progress", started], [state === "succeeded" ? "success" : "failure", at]].map(([told, when]) =>
          sent("deployment_status", `${service}-${version}-${at}-${told}`, {
            deployment: { id: at + version, ref: branch(kind, version), sha: sha(version), task: "deploy", environment: "production", created_at: iso(started) },
            deployment_status: { id: when, state: told, environment: "production", created_at: iso(when) },
            repository,
          }))),
      incident: ({ name, state, started, at }) =>
        sent("issues", `${service}-${name}-${state}`, {
          action: state === "open" ? "opened" : "closed",
          issue: {
            number: name.length, title: name, state: state === "open" ? "open" : "closed", labels: [{ name: "incident" }],
            created_at: iso(started), updated_at: iso(at), closed_at: state === "open" ? null : iso(at),
          },
          repository,
        }),
    };
  },

  gitlab: (service, { signingToken }) => {
    const project = { path_with_namespace: service, default_branch: "main" };
    const sent = (event, id, value) => {
      const body = JSON.stringify(value);
      return { path: "/webhooks/gitlab", headers: { ...json, "x-gitlab-event": event, "idempotency-key": id, ...standard(signingToken, id, body) }, body };
    };
    return {
      deployment: ({ version, state, started, at, kind }) =>
        [["running", started], [state === "succeeded" ? "success" : "failed", at]].map(([status, when]) =>
          sent("Deployment Hook", `${service}-${version}-${at}-${status}`, {
            object_kind: "deployment", status, deployment_id: at + version, environment: "production",
            status_changed_at: iso(when).replace("T", " ").replace("Z", " +0000"), project, ref: branch(kind, version),
            short_sha: sha(version).slice(0, 8), commit_url: `https://gitlab.example/${service}/-/commit/${sha(version)}`,
          })),
      incident: ({ name, state, started, at }) =>
        sent("Issue Hook", `${service}-${name}-${state}`, {
          object_kind: "issue", project,
          object_attributes: {
            iid: name.length, type: "Incident", title: name, state: state === "open" ? "opened" : "closed", severity: "UNKNOWN",
            action: state === "open" ? "open" : "close", created_at: iso(started), updated_at: iso(at), closed_at: state === "open" ? null : iso(at),
          },
        }),
    };
  },

  alertmanager: (service, { secret, token }) => ({
    deployment: canonical(service, token),
    incident: alertmanager("alertmanager", service, secret),
  }),

  pagerduty: (service, { secret, token }) => ({
    deployment: canonical(service, token),
    incident: ({ name, state, started, at }) => {
      const id = `${service}-${name}-${state}`;
      const body = JSON.stringify({
        event: {
          id, event_type: state === "open" ? "incident.triggered" : "incident.resolved", resource_type: "incident", occurred_at: iso(at),
          data: { id: `${service}-${name}`, type: "incident", status: state === "open" ? "triggered" : "resolved", created_at: iso(started),
            title: name, urgency: "high", service: { summary: service }, priority: null, assignees: [] },
        },
      });
      return { path: "/webhooks/pagerduty", headers: { ...json, "x-webhook-id": id, "x-pagerduty-signature": `v1=${hmac("old", body)},v1=${hmac(secret, body)}` }, body };
    },
  }),

  cloudevents: (service, { secret }) => {
    const sent = (type, at, subject, content, extra, id, mode) => {
      const context = { version: "0.4.1", id, source: `/pipelines/${service}`, type, timestamp: iso(at) };
      const event = new CloudEvent({
        specversion: "1.0", id, source: context.source, type, time: iso(at), subject: subject.id, datacontenttype: "application/json",
        data: { context, subject: { ...subject, content }, ...extra },
      });
      const message = HTTP[mode](event);
      return { path: "/webhooks/cdevents", headers: { ...message.headers, authorization: `Bearer ${secret}` }, body: message.body };
    };
    return {
      deployment: ({ version, state, started, at, kind }) =>
        sent(`dev.cdevents.service.${kind === "rollback" ? "rolledback" : "deployed"}.0.2.0`, at, { id: service, type: "service" },
          { environment: { id: "production" }, artifactId: `pkg:oci/shop@1.${version}.0` },
          { customData: { ref: branch(kind, version), started_at: iso(started) }, customDataContentType: "application/json" }, `${version}-${at}-${state}`, "binary"),
      incident: ({ name, state, at }) =>
        sent(`dev.cdevents.incident.${state === "open" ? "reported" : "resolved"}.0.2.0`, at, { id: `${service}-${name}`, type: "incident" },
          { description: name, service: { id: service }, environment: { id: "production" } }, {}, `${name}-${state}`, "structured"),
    };
  },

  "standard-webhooks": (service, { signingToken }) => {
    const sent = (id, value) => {
      const body = JSON.stringify(value);
      return { path: "/webhooks/standard", headers: { ...json, ...standard(signingToken, id, body, Svix, "svix") }, body };
    };
    return {
      deployment: ({ version, state, started, at, kind }) =>
        sent(`${service}-${version}-${at}-${state}`, {
          type: "shop.deployment", timestamp: iso(at),
          data: { subject: `${service}-${version}-${at}`, service, state, version: `1.${version}.0`, started_at: iso(started), ref: branch(kind, version) },
        }),
      incident: ({ name, state, started, at }) =>
        sent(`${service}-${name}-${state}`, {
          type: "shop.incident", timestamp: iso(at), data: { subject: `${service}-${name}`, service, state, started_at: iso(started), title: name },
        }),
    };
  },

  argocd: (service, { secret }) => ({
    deployment: ({ version, state, started, at, kind }) => ({
      path: "/webhooks/argocd",
      headers: { ...json, authorization: basic(secret) },
      body: JSON.stringify({
        app: service, namespace: "argocd", project: "shop", labels: null, repository: "https://git.example/acme/deploy.git",
        target_revision: branch(kind, version), images: [`registry.example:5000/acme/shop:1.${version}.0`], url: "https://argocd.example",
        operation: { phase: state === "succeeded" ? "Succeeded" : "Failed", startedAt: iso(started), finishedAt: iso(at), revision: sha(at), initiatedBy: "ana" },
      }),
    }),
    incident: alertmanager("alertmanager", service, secret),
  }),

  jenkins: (service, { secret }) => ({
    deployment: ({ version, state, started, at, kind }) => ({
      path: "/webhooks/jenkins",
      headers: { ...json, authorization: basic(secret) },
      body: JSON.stringify({
        name: "deploy", build: {
          number: at, phase: "COMPLETED", status: state === "succeeded" ? "SUCCESS" : "FAILURE", timestamp: at, duration: at - started,
          scm: { url: "https://git.example/acme/shop.git", branch: `origin/${branch(kind, version)}`, commit: sha(version) },
          parameters: { SERVICE: service, VERSION: `1.${version}.0` },
        },
      }),
    }),
    incident: alertmanager("alertmanager", service, secret),
  }),
};
