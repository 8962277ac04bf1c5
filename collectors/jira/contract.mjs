// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { header } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "created",
  proof: header("x-hub-signature", "sha256="),
  coversBody: true,
  unknownType: { body: { webhookEvent: "board_created" } },
};
