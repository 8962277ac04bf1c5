// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { token } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "deployment",
  proof: token,
  coversBody: false,
  unknownType: { body: { issueKey: "X-1", type: "BUG" } },
};
