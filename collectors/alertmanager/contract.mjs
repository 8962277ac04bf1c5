// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { token } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "firing",
  proof: token,
  coversBody: false,
};
