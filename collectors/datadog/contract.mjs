// How its sender proves a delivery: tests/clients/contract.mjs
import { token } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "triggered",
  proof: token,
  coversBody: false,
  unknownType: { body: { transition: "Renotify" } },
};
