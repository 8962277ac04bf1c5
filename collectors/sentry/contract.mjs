// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { header } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "issue.created",
  proof: header("sentry-hook-signature"),
  coversBody: true,
  unknownType: { "sentry-hook-resource": "installation" },
};
