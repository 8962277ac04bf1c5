// How its sender proves a delivery: tests/clients/contract.mjs
import { token } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "deployment",
  proof: token,
  coversBody: false,
  unknownType: { body: { issueKey: "X-1", type: "BUG" } },
};
