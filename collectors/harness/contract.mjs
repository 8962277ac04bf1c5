// How its sender proves a delivery: tests/clients/contract.mjs
import { token } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "success",
  proof: token,
  coversBody: false,
  unknownType: { body: { eventData: { eventType: "StageStart" } } },
};
