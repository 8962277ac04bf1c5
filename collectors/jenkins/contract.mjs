// How its sender proves a delivery: tests/clients/contract.mjs
import { password } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "completed.success",
  proof: password,
  coversBody: false,
};
