// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { token } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "create",
  proof: token,
  coversBody: false,
  unknownType: { body: { action: "Restart", alert: {} } },
};
