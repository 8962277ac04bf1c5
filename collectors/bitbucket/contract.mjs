// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { header } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "commit_status.successful",
  proof: header("x-hub-signature", "sha256="),
  coversBody: true,
  unknownType: { "x-event-key": "repo:fork" },
};
