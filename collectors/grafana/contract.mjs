// How its sender proves a delivery: tests/clients/contract.mjs
import { header } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "firing",
  proof: header("x-grafana-alerting-signature"),
  coversBody: true,
};
