// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { standard } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "deployment.success",
  proof: (s, b, id) => ({ ...standard(s, id, b), "idempotency-key": id }),
  coversBody: true,
  unknownType: { "x-gitlab-event": "Emoji Hook" },
};
