// How its sender proves a delivery: tests/clients/contract.mjs
import { password } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "complete",
  proof: password,
  coversBody: false,
  unknownType: { body: { details: { type: "orca:stage:complete" } } },
};
