// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { hmac } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "workflow.success",
  proof: (s, b) => ({ "circleci-signature": `v1=${hmac(s, b)},v2=abc` }),
  coversBody: true,
  unknownType: { body: { type: "ping" } },
};
