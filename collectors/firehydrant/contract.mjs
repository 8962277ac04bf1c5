// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { header } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "created",
  proof: header("fh-signature"),
  coversBody: true,
  unknownType: { body: { event: { resource_type: "task" } } },
};
