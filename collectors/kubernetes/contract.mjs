// How its sender proves a delivery: tests/clients/contract.mjs
import { token } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "available",
  proof: token,
  coversBody: false,
  unknownType: { body: { kind: "Pod" } },
};
