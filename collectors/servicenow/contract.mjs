// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { password } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "resolved",
  proof: password,
  coversBody: false,
};
