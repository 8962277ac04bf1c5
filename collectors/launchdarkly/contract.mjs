// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { header } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "turned_off",
  proof: header("x-ld-signature"),
  coversBody: true,
  unknownType: { body: { kind: "member" } },
};
