// The sender's proof of a delivery, read by tests/clients/contract.mjs.
import { header } from "../../tests/clients/proofs.mjs";

export default {
  fixture: "firing",
  proof: header("x-grafana-alerting-signature"),
  coversBody: true,
};
