// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { signGithub } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "deployment_status.success",
  proof: async (s, b) => ({ "x-hub-signature-256": await signGithub(s, b) }),
  coversBody: true,
  unknownType: { "x-github-event": "star" },
};
