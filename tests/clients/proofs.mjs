// Authentication of senders: functions of the secret, the body and the delivery's id that return headers.
import { basic, hmac } from "./senders.mjs";

export { sign as signGithub } from "@octokit/webhooks-methods";
export { Webhook as Svix } from "svix";
export { hmac, standard } from "./senders.mjs";

export const now = () => Math.floor(Date.now() / 1000);
export const token = (secret) => ({ authorization: `Bearer ${secret}` });
export const password = (secret) => ({ authorization: basic(secret) });
export const header = (name, prefix = "") => (secret, body) => ({ [name]: prefix + hmac(secret, body) });
