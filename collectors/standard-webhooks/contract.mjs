// How its sender proves a delivery: tests/clients/contract.mjs
import { standard } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "event",
  proof: (s, b, id) => standard(s, id, b),
  coversBody: true,
};
