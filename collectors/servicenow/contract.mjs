// How its sender proves a delivery: tests/clients/contract.mjs
import { password } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "resolved",
  proof: password,
  coversBody: false,
};
