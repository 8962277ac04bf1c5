// How its sender proves a delivery: tests/clients/contract.mjs
import { password } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "release.succeeded",
  proof: password,
  coversBody: false,
  unknownType: { body: { eventType: "workitem.created" } },
};
