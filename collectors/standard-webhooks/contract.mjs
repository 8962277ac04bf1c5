// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { standard } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "event",
  proof: (s, b, id) => standard(s, id, b),
  coversBody: true,
};
