// How its sender proves a delivery: tests/clients/contract.mjs
import { token } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "succeeded",
  proof: token,
  coversBody: false,
};
